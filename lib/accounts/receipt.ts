import { SignJWT } from "jose";
import type { ConfirmedValues } from "#lib/crypto/confirmation-digest";
import { signingKey } from "#lib/db/signing-keys";
import { env } from "#lib/env";

/** The explicit type of a receipt, so that no other token of this issuer passes for one (RFC 8725 3.11). */
export const RECEIPT_TYPE = "confirmation-receipt+jwt";

/** The claims of a receipt: the account, the time of use and the values. */
export type Receipt = ConfirmedValues & { id: string; userId: string; usedAt: Date };

/** Signs the receipt of a used confirmation: a compact JWS with EdDSA, verifiable by the published keys alone. */
export async function signReceipt({ id, userId, usedAt, act, amount, unit, payee, reference }: Receipt): Promise<string> {
  const { kid, key } = await signingKey();
  return new SignJWT({ act, amount, unit, payee, reference })
    .setProtectedHeader({ alg: "EdDSA", typ: RECEIPT_TYPE, kid })
    .setIssuer(env().publicOrigin)
    .setSubject(userId)
    .setJti(id)
    .setIssuedAt(Math.floor(usedAt.getTime() / 1000))
    .sign(key);
}
