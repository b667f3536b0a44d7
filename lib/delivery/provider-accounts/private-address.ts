import { lookup } from "node:dns/promises";
import { BlockList, isIP, isIPv4 } from "node:net";
import { env } from "#lib/env";

/** Base addresses of providers, judged when they are entered and again when they are connected to: none may lead into the operator's own network unless its host is allowed by name (OWASP SSRF). */

const inside = new BlockList();
// IANA special-purpose registries (RFC 6890): this host, private, shared, link-local, benchmarks, multicast and reserved.
const blocks4: [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];
// NAT64 and 6to4 carry an IPv4 address inside, so that they are refused as a whole.
const blocks6: [network: string, prefix: number][] = [
  ["::", 96],
  ["64:ff9b::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];
for (const [network, prefix] of blocks4) inside.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of blocks6) inside.addSubnet(network, prefix, "ipv6");

/** Whether an IP address is none of the public internet; an IPv4 address written as IPv6 counts as what it is. */
export const isPrivateAddress = (address: string): boolean => inside.check(address, isIPv4(address) ? "ipv4" : "ipv6");

/** Whether an IP address is this machine itself. */
const isLoopback = (address: string): boolean => address === "::1" || /^127\./.test(address);

/** Hosts that may be inside, in lower case, and whether this machine itself may be (demo). */
export type Allowed = { hosts: readonly string[]; loopback: boolean };

/** What the operator allows: hosts by name, and this machine in a demo. */
export const allowedInside = (): Allowed => ({
  hosts: (env().PROVIDER_PRIVATE_HOSTS ?? "").split(",").filter(Boolean),
  loopback: env().demo,
});

/** Whether a connection to a host reached an address inside that the operator has not allowed. */
export const ledInside = (host: string, address: string, { hosts, loopback }: Allowed): boolean =>
  !hosts.includes(
    host
      .replace(/^\[|\]$/g, "")
      .replace(/\.$/, "")
      .toLowerCase(),
  ) &&
  isPrivateAddress(address) &&
  !(loopback && isLoopback(address));

/** Finds all addresses of a host name. */
const addressesOf = async (host: string): Promise<string[]> =>
  isIP(host) ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Judges where the host of a base address leads: `public`, `private`, or `unknown` where its name is not found. One private address among several
 * is enough.
 */
export async function judgeBaseUrl(
  baseUrl: string,
  { hosts, loopback }: Allowed,
  find: (host: string) => Promise<string[]> = addressesOf,
): Promise<"public" | "private" | "unknown"> {
  const host = (URL.parse(baseUrl)?.hostname ?? "").replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (host === "") return "unknown";
  if (hosts.includes(host.toLowerCase())) return "public";
  const found = await find(host).catch(() => []);
  if (found.length === 0) return "unknown";
  return found.some((address) => isPrivateAddress(address) && !(loopback && isLoopback(address))) ? "private" : "public";
}
