import { keyedHash, keyedHashes } from "#lib/crypto/hash";

/** The code of a text that the set-up guide sends. It opens nothing, is derived from its rehearsal, and so is stored nowhere. */

const SCOPE = "rehearsal";
const digits = (mac: Buffer): string => String(mac.readUInt32BE(0) % 1_000_000).padStart(6, "0");

/** The six digits of a rehearsal. */
export const rehearsalCode = (id: string): string => digits(keyedHash("index", SCOPE, id));

/** Whether these are the six digits of a rehearsal, under any configured key. */
export const isRehearsalCode = (id: string, code: string): boolean => keyedHashes("index", SCOPE, id).some((mac) => digits(mac) === code);
