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
 * Whether two secrets are the same text; a missing one matches nothing. Both sides are digested under a key of this call first, so that
 * the time depends on neither content nor length and no input makes it throw. The only comparison of secrets in the product.
 */
export function equalInConstantTime(given: string | undefined, secret: string | undefined): boolean {
  const key = randomBytes(32);
  // UTF-16, as the text is held: UTF-8 would write every lone surrogate as the same character.
  const digest = (text = "") => createHmac("sha256", key).update(text, "utf16le").digest();
  return timingSafeEqual(digest(given), digest(secret)) && given !== undefined && secret !== undefined;
}
