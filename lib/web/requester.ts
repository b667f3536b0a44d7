import { headers } from "next/headers";
import { limiterKey } from "#lib/http/address";
import type { Requester } from "#lib/requester";
import { challengeCookie, deviceCookie, readCookie, sessionCookie, trustedCookie } from "#lib/web/cookies";

/** Returns the requester as the front door determined it; limits count an IPv6 subscriber by the /64 (RL-03). */
export async function currentRequester(): Promise<Requester> {
  const all = await headers();
  return {
    ip: limiterKey(all.get("x-sekisho-client-ip") ?? "0.0.0.0"),
    userAgent: (all.get("user-agent") ?? "").slice(0, 256),
    country: all.get("x-sekisho-country") ?? undefined,
    sessionToken: await readCookie(sessionCookie()),
    deviceToken: await readCookie(deviceCookie()),
    trustedToken: await readCookie(trustedCookie()),
    challengeToken: await readCookie(challengeCookie()),
  };
}
