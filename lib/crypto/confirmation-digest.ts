import { createHash } from "node:crypto";

/** Pure: the digest that ties a confirmation to its values (PSD2 RTS Art. 5, SU-04). */

/** What one confirmation is for. */
export type ConfirmedValues = { act: string; unit: string; amount: string; payee: string; reference: string };

/** Whose confirmation it is, and by which challenge it is proven. */
export type ConfirmationPlace = { account: string; challenge: string };

/** SHA-256 over the values, the account and the challenge in this order, each after its length in bytes, so that no two sets read alike. */
export function confirmationDigest(
  { act, unit, amount, payee, reference }: ConfirmedValues,
  { account, challenge }: ConfirmationPlace,
): Buffer {
  const hash = createHash("sha256");
  for (const part of [act, amount, unit, payee, reference, account, challenge]) {
    const bytes = Buffer.from(part, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}

/**
 * The WebAuthn challenge by which a passkey confirms an act: SHA-256(nonce || digest). The nonce is the random challenge of 32 bytes that is stored
 * sealed and used once; the digest is that of the confirmation's row. The assertion then signs the values (W3C WebAuthn 13.4.3).
 */
export function confirmationChallenge(nonce: Buffer, digest: Buffer): Buffer {
  if (nonce.length !== 32 || digest.length !== 32) throw new Error("a nonce and a digest of 32 bytes each are needed");
  return createHash("sha256").update(nonce).update(digest).digest();
}
