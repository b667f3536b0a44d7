import { keyedHash, keyedHashes } from "#lib/crypto/hash";
import { SealError, seal, unseal } from "#lib/crypto/seal";

const place = (phoneId: string, ownerId: string) => ({ table: "phones", column: "number_sealed", row: phoneId, owner: ownerId });

/** Seals a number for its row and account. */
export const sealNumber = (phoneId: string, ownerId: string, e164: string): string => seal(e164, place(phoneId, ownerId));

/** Opens the number of an account's row; throws `SealError` when it was moved, altered or assigned to another account. */
export const openNumber = (phoneId: string, ownerId: string, sealed: string): string => unseal(sealed, place(phoneId, ownerId));

const claimed = (id: string) => ({ table: "verifications", column: "number_sealed", row: id, owner: id });

/** Seals a number that is of no account for its verification. */
export const sealClaimed = (id: string, e164: string): string => seal(e164, claimed(id));

/** Opens the number of a verification. */
export const openClaimed = (id: string, sealed: string): string => unseal(sealed, claimed(id));

const rehearsed = (id: string) => ({ table: "rehearsals", column: "number_sealed", row: id, owner: id });

/** Seals a number that staff typed for its rehearsal. */
export const sealRehearsed = (id: string, e164: string): string => seal(e164, rehearsed(id));

/** Opens the number of a rehearsal. */
export const openRehearsed = (id: string, sealed: string): string => unseal(sealed, rehearsed(id));

/** The last digits of a sealed number; null where it does not open. */
export function endOfNumber(phoneId: string, ownerId: string, sealed: string, digits: 2 | 4): string | null {
  try {
    return openNumber(phoneId, ownerId, sealed).slice(-digits);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** The blind index a number is stored under (HMAC-SHA-256 under a key of its own, PH-03). */
export const numberHash = (e164: string): Buffer => keyedHash("index", "phone", e164);

/** The blind indexes a number may be found under during a key rotation. */
export const numberHashes = (e164: string): Buffer[] => keyedHashes("index", "phone", e164);
