import { SignJWT } from "jose";
import { openSigningKey, type SealedKey, signingKey } from "#lib/db/signing-keys";
import { env } from "#lib/env";
import type { SiteVisitor } from "#lib/sites/check";

/** The explicit type of an assertion, so that no other token of this issuer passes for one (RFC 8725 3.11). */
export const ASSERTION_TYPE = "sekisho-assertion+jwt";

/** How long an assertion counts, in seconds. */
export const ASSERTION_SECONDS = 60;

/** Signs who a request to a host is from: a compact JWS with EdDSA for this host alone, verifiable by the published keys. */
export async function signAssertion(visitor: SiteVisitor, host: string, sealed: SealedKey | null): Promise<string> {
  const { kid, key } = sealed ? openSigningKey(sealed) : await signingKey();
  const { userId, email, groups, acr, amr, authTime, now } = visitor;
  return new SignJWT({ email, groups, acr, amr, auth_time: authTime })
    .setProtectedHeader({ alg: "EdDSA", typ: ASSERTION_TYPE, kid })
    .setIssuer(env().publicOrigin)
    .setSubject(userId)
    .setAudience(host)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_SECONDS)
    .sign(key);
}
