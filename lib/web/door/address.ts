import { BlockList, isIP, isIPv4 } from "node:net";

/** Pure: who is asking, from the socket and from proxies the operator named. */

export interface TrustedProxies {
  includes(ip: string): boolean;
}

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** One spelling per address: lower case, compressed, IPv4-mapped IPv6 as IPv4 (RFC 4291 2.5.5.2), no zone; `null` when it is no address. */
export function canonicalIp(text: string): string | null {
  const bare = text.trim().replace(/%.*$/, "");
  const version = isIP(bare);
  if (version === 4) return bare;
  if (version !== 6) return null;
  const host = URL.parse(`http://[${bare}]/`)?.hostname.slice(1, -1) ?? null;
  const mapped = host && MAPPED.exec(host);
  if (!mapped) return host;
  const [high, low] = [Number.parseInt(mapped[1] ?? "", 16), Number.parseInt(mapped[2] ?? "", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** Reads `TRUSTED_PROXIES` (comma separated addresses and CIDRs); throws `Error` that names the entry which is neither. */
export function parseTrustedProxies(list: string): TrustedProxies {
  const known = new BlockList();
  for (const entry of list
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [address = "", bits, ...rest] = entry.split("/");
    const ip = canonicalIp(address);
    const family = ip && isIPv4(ip) ? "ipv4" : "ipv6";
    const most = family === "ipv4" ? 32 : 128;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (!ip || rest.length > 0 || prefix < 0 || prefix > most) throw new Error(`TRUSTED_PROXIES: "${entry}" is not an address or a CIDR`);
    known.addSubnet(ip, prefix, family);
  }
  return { includes: (ip) => known.check(ip, isIPv4(ip) ? "ipv4" : "ipv6") };
}

/** An entry of X-Forwarded-For without its port: `1.2.3.4:5`, `[::1]:5` and bare addresses occur. */
function forwardedEntry(entry: string): string | null {
  const text = entry.trim();
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text);
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text);
  return canonicalIp(bracketed?.[1] ?? withPort?.[1] ?? text);
}

/**
 * The client's address: the socket's, or, while that is a trusted proxy, the next entry of X-Forwarded-For from the right.
 * What stands left of the first untrusted address was written by the client and is never read; an unreadable entry ends the walk.
 */
export function clientAddress(socketAddress: string, forwardedFor: string | undefined, trusted: TrustedProxies): string {
  let current = canonicalIp(socketAddress) ?? "0.0.0.0";
  const hops = forwardedFor ? forwardedFor.split(",") : [];
  while (hops.length > 0 && trusted.includes(current)) {
    const next = forwardedEntry(hops.pop() ?? "");
    if (!next) return current;
    current = next;
  }
  return current;
}

/** What limits count by: an IPv4 address, or the /64 of an IPv6 address, since one subscriber holds at least that. */
export function limiterKey(ip: string): string {
  const canonical = canonicalIp(ip);
  if (!canonical || isIPv4(canonical)) return canonical ?? ip;
  const [left = "", right] = canonical.split("::");
  const head = left ? left.split(":") : [];
  const tail = right ? right.split(":") : [];
  const groups = right === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
