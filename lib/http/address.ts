import { isIPv4 } from "node:net";
import { type Addresses, canonicalIp } from "#lib/proxies";

/** Pure: determines the client's address from the socket and from the operator's trusted proxies. */

/** An entry of X-Forwarded-For without its port: `1.2.3.4:5`, `[::1]:5` and bare addresses occur. */
function forwardedEntry(entry: string): string | null {
  const text = entry.trim();
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text);
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text);
  return canonicalIp(bracketed?.[1] ?? withPort?.[1] ?? text);
}

/**
 * Returns the country that a trusted proxy named, in the two letters of ISO 3166-1; undefined for a header of anyone else, and for what proxies say when
 * they do not know (XX) or the client hides it (T1).
 */
export function countryOf(named: string | string[] | undefined, socketAddress: string, trusted: Addresses): string | undefined {
  if (typeof named !== "string" || !trusted.includes(canonicalIp(socketAddress) ?? "0.0.0.0")) return undefined;
  const country = named.trim().toUpperCase();
  return /^[A-Z]{2}$/.test(country) && country !== "XX" ? country : undefined;
}

/** The client address of a request; `named`: the header lists further addresses to its left, which are not trusted. */
export type Hop = { address: string; named: boolean };

/**
 * Returns the client's address: the socket's, or, while that is a trusted proxy, the next entry of X-Forwarded-For from the right. Entries left of
 * the first untrusted address are client input and are never read; an unreadable entry ends the walk.
 */
export function lastTrustedHop(socketAddress: string, forwardedFor: string | undefined, trusted: Addresses): Hop {
  let address = canonicalIp(socketAddress) ?? "0.0.0.0";
  const hops = forwardedFor ? forwardedFor.split(",") : [];
  while (hops.length > 0 && trusted.includes(address)) {
    const next = forwardedEntry(hops.pop() ?? "");
    if (!next) return { address, named: false };
    address = next;
  }
  return { address, named: hops.some((hop) => hop.trim() !== "") };
}

/** The key that limits count by: an IPv4 address, or the /64 of an IPv6 address, because one subscriber holds at least that. */
export function limiterKey(ip: string): string {
  const canonical = canonicalIp(ip);
  if (!canonical || isIPv4(canonical)) return canonical ?? ip;
  const [left = "", right] = canonical.split("::");
  const head = left ? left.split(":") : [];
  const tail = right ? right.split(":") : [];
  const groups = right === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
