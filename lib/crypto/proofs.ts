import { keyedHash, keyedHashes } from "#lib/crypto/hash";

/** Short proofs that a person carries from one machine to another; both are made from the keys and tell nothing of them. */

const LENGTH = 8;
const short = (hash: Buffer): string => hash.toString("hex").slice(0, LENGTH);

/** The fingerprint of the active key: 8 hexadecimal digits that `npm run keys -- fingerprint` prints where a copy of it is. */
export const keyFingerprint = (): string => short(keyedHash("index", "proof", "keys"));

/** The proof that a backup was restored on a day (`YYYYMMDD`), made where it was restored: the day and 8 hexadecimal digits. */
export const restoreProof = (day: string): string => `${day}-${short(keyedHash("index", "proof", `restored ${day}`))}`;

/** The day of a restore that a text proves by any key of the ring, or null. */
export function provenRestore(text: string): string | null {
  const [, day = "", proof] = /^(20\d{6})-([0-9a-f]{8})$/.exec(text) ?? [];
  return keyedHashes("index", "proof", `restored ${day}`).some((hash) => short(hash) === proof) ? day : null;
}
