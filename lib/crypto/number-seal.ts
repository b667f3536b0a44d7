import { keyedHash, keyedHashes } from "#lib/crypto/hash";
import { seal, unseal } from "#lib/crypto/seal";

const place = (phoneId: string) => ({ table: "phones", column: "number_sealed", row: phoneId });

/** Seals a number for its own row. */
export const sealNumber = (phoneId: string, e164: string): string => seal(e164, place(phoneId));

/** Opens the number of a row; throws `SealError` when it was moved or altered. */
export const openNumber = (phoneId: string, sealed: string): string => unseal(sealed, place(phoneId));

/** The blind index a number is stored under (HMAC-SHA-256 under a key of its own, PH-03). */
export const numberHash = (e164: string): Buffer => keyedHash("index", "phone", e164);

/** The blind indexes a number may be found under during a key rotation. */
export const numberHashes = (e164: string): Buffer[] => keyedHashes("index", "phone", e164);
