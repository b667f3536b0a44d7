import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import { activeKey, allKeys, type KeyUse } from "#lib/crypto/keys";

const mac = (key: KeyObject, scope: string, value: string) => createHmac("sha256", key).update(`${scope}\0${value}`).digest();

/** HMAC-SHA-256 of a value under the active key of one use; `scope` separates kinds of values. 32 bytes. */
export const keyedHash = (use: KeyUse, scope: string, value: string): Buffer => mac(activeKey(use), scope, value);

/** The same under every configured key, for look-ups that must survive a key rotation. */
export const keyedHashes = (use: KeyUse, scope: string, value: string): Buffer[] => allKeys(use).map((key) => mac(key, scope, value));

/** A bearer token of 256 random bits in base64url, 43 characters. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/**
 * Compares two secrets in constant time and never throws; a missing one matches nothing. Both are digested under a random key first, so that the
 * time depends on neither content nor length; the product uses no other comparison of secrets.
 */
export function equalInConstantTime(given: string | undefined, secret: string | undefined): boolean {
  const key = randomBytes(32);
  // Uses UTF-16, because UTF-8 would encode every lone surrogate as the same character.
  const digest = (text = "") => createHmac("sha256", key).update(text, "utf16le").digest();
  return timingSafeEqual(digest(given), digest(secret)) && given !== undefined && secret !== undefined;
}
