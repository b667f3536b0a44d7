import { BlockList, isIP, isIPv4 } from "node:net";

/** Normalises addresses, and parses the proxies that an operator trusts to name clients. Pure. */

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** Normalises an address: lower case, compressed, IPv4-mapped IPv6 as IPv4 (RFC 4291 2.5.5.2), no zone; `null` when it is no address. */
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

/** A set of addresses. */
export interface Addresses {
  includes(ip: string): boolean;
}

type Network = { ip: string; prefix: number; family: "ipv4" | "ipv6" };
const familyOf = (ip: string) => (isIPv4(ip) ? "ipv4" : "ipv6");
const entriesOf = (list: string) =>
  list
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);

/** Parses an address or CIDR; the IPv4-mapped form counts its bits in 128 (`::ffff:10.0.0.0/104` is 10.0.0.0/8). */
function readNetwork(entry: string): Network | null {
  const [address = "", bits, ...rest] = entry.split("/");
  const ip = canonicalIp(address);
  if (!ip || address.includes("%") || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null;
  const family = familyOf(ip);
  const most = family === "ipv4" ? 32 : 128;
  const shift = family === "ipv4" && isIP(address) === 6 ? 96 : 0;
  const prefix = bits === undefined ? most : Number(bits) - shift;
  return prefix < 0 || prefix > most ? null : { ip, prefix, family };
}

const networksOf = (networks: readonly Network[]): Addresses => {
  const known = new BlockList();
  for (const { ip, prefix, family } of networks) known.addSubnet(ip, prefix, family);
  return { includes: (ip) => known.check(ip, familyOf(ip)) };
};

const parse = (list: string) => networksOf(entriesOf(list).flatMap((entry) => readNetwork(entry) ?? []));

/** Loopback, private, shared (RFC 6598) and link-local addresses: such a peer belongs to the operator or its platform. */
export const PRIVATE = parse("127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,::1,fc00::/7,fe80::/10");

/** The operator's explicit choice that no proxy names clients. */
export const NONE = "none";

/**
 * Tells whether a network is wider than any private network (a /8 or fc00::/7), because it would let every client that reaches the port forge its
 * address.
 */
const tooWide = ({ ip, prefix, family }: Network) => (family === "ipv4" ? prefix < 8 : prefix < (PRIVATE.includes(ip) ? 7 : 16));

/** Describes the problem of a TRUSTED_PROXIES value without repeating it; null when it is valid. */
export function proxiesProblem(list: string): string | null {
  const entries = entriesOf(list);
  if (entries.length === 0) return "must name addresses or CIDRs, comma separated, or be none";
  if (entries.includes(NONE)) return entries.length === 1 ? null : "is either none or a list of addresses and CIDRs, not both";
  const networks = entries.map(readNetwork);
  if (networks.includes(null)) return "must be addresses or CIDRs, comma separated, or none";
  if (networks.some((network) => network && tooWide(network)))
    return "trusts nearly everybody to say who they are (a network wider than /8, or /16 of IPv6): name the addresses of the proxies alone";
  return null;
}

/** Returns the proxies of a valid TRUSTED_PROXIES value; `none` and the empty value trust nothing. */
export const trustedProxies = (list: string): Addresses => (list === NONE ? parse("") : parse(list));
