import { type LookupAddress, lookup } from "node:dns";
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPrivateAddress } from "#lib/delivery/provider-accounts/private-address";
import { failureOf, type NetworkFailure } from "#lib/delivery/providers/network-failure";

/** One POST to the address of another system, which an operator entered: it never leads into the own network, judged when it connects. */

/** Hosts that may be inside, in lower case, and whether this machine itself may be (demo). */
export type MayBeInside = { hosts: readonly string[]; loopback: boolean };

/** What came of a POST: the status of its answer, or why there was none. */
export type Posted = { ok: true; status: number } | { ok: false; failure: NetworkFailure | "private_address" };

/** The most of an answer that is read; its content is of no interest. */
const LONGEST = 65_536;

class PrivateAddress extends Error {}

const isRefused = (address: string, { loopback }: MayBeInside): boolean =>
  isPrivateAddress(address) && !(loopback && (address === "::1" || address.startsWith("127.")));

/** The host of a URL as it is compared: without brackets and the dot of the root. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

/** Resolves a name for a connection and refuses it where one of its addresses is inside: the connection goes to what was judged (DNS rebinding). */
export const outsideLookup =
  (inside: MayBeInside, find: typeof lookup = lookup): LookupFunction =>
  (host, options, done) => {
    find(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const [first] = found ?? [];
      if (error || !first) return done(error ?? new Error("no address"), [] as never);
      if (found.some(({ address }) => isRefused(address, inside))) return done(new PrivateAddress(), [] as never);
      return options.all ? done(null, found) : done(null, first.address, first.family);
    });
  };

/** Posts a body within `signal`; redirects are answers like any other and are not followed. */
export function post(
  to: string,
  { headers, body }: { headers: Record<string, string>; body: string },
  inside: MayBeInside,
  signal: AbortSignal,
): Promise<Posted> {
  const url = new URL(to);
  const host = hostOf(url);
  const named = inside.hosts.includes(host.toLowerCase());
  // A connection to an address looks no name up.
  if (!named && isIP(host) && isRefused(host, inside)) return Promise.resolve({ ok: false, failure: "private_address" });
  return new Promise((resolve) => {
    let written = false;
    const failed = (error: unknown) =>
      resolve({ ok: false, failure: error instanceof PrivateAddress ? "private_address" : failureOf(error, written) });
    const request = (url.protocol === "https:" ? secure : plain)(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      // A connection that is kept would be used again without a look at its address.
      agent: false,
      signal,
      ...(named ? {} : { lookup: outsideLookup(inside) }),
    });
    request.once("response", (response) => {
      const status = response.statusCode ?? 0;
      let read = 0;
      response.on("data", (part: Buffer) => {
        read += part.length;
        if (read > LONGEST) response.destroy();
      });
      response.once("error", () => undefined);
      response.once("close", () => resolve({ ok: true, status }));
    });
    request.on("error", failed);
    request.once("finish", () => {
      written = true;
    });
    request.end(body);
  });
}
