import { createHash, randomBytes } from "node:crypto";

/** Pure: the secrets that other systems present. */

const PREFIX = "sek_";

/** A secret of 256 random bits behind a prefix that secret scanners can find. */
export const newSecret = (): string => PREFIX + randomBytes(32).toString("base64url");

/**
 * What is stored of a secret: SHA-256, because 256 random bits cannot be searched and a hash under APP_KEYS would end with their rotation. Null for
 * what cannot be a secret.
 */
export const secretHash = (secret: string): Buffer | null =>
  /^sek_[A-Za-z0-9_-]{43}$/.test(secret) ? createHash("sha256").update(secret).digest() : null;
