import { SignJWT } from "jose";
import type { ConfirmedValues } from "#lib/crypto/confirmation-digest";
import { signingKey } from "#lib/db/signing-keys";
import { env } from "#lib/env";

/** The explicit type of a receipt, so that no other token of this issuer passes for one (RFC 8725 3.11). */
export const RECEIPT_TYPE = "confirmation-receipt+jwt";

/** The type of a receipt that another system got for a number that has no account here. */
export const VERIFICATION_RECEIPT_TYPE = "verification-receipt+jwt";

/**
 * The claims of a receipt: its subject (the account, or the verification that has none), the time of use and the values. `audience` is the name of the
 * key that asked, so that no other system takes the receipt for its own.
 */
export type Receipt = ConfirmedValues & { id: string; userId: string; usedAt: Date; audience?: string };

/** Signs the receipt of a used confirmation or of a verification: a compact JWS with EdDSA, verifiable by the published keys alone. */
export async function signReceipt(
  { id, userId, usedAt, audience, act, amount, unit, payee, reference }: Receipt,
  type: typeof RECEIPT_TYPE | typeof VERIFICATION_RECEIPT_TYPE = RECEIPT_TYPE,
): Promise<string> {
  const { kid, key } = await signingKey();
  return new SignJWT({ ...(audience === undefined ? {} : { aud: audience }), act, amount, unit, payee, reference })
    .setProtectedHeader({ alg: "EdDSA", typ: type, kid })
    .setIssuer(env().publicOrigin)
    .setSubject(userId)
    .setJti(id)
    .setIssuedAt(Math.floor(usedAt.getTime() / 1000))
    .sign(key);
}
