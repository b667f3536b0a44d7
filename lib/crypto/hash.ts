import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import { activeKey, allKeys, type KeyUse } from "#lib/crypto/keys";

const mac = (key: KeyObject, scope: string, value: string) => createHmac("sha256", key).update(`${scope}\0${value}`).digest();

/** HMAC-SHA-256 of a value under the active key of one use; `scope` separates kinds of values. 32 bytes. */
export const keyedHash = (use: KeyUse, scope: string, value: string): Buffer => mac(activeKey(use), scope, value);

/** The same under every configured key, for look-ups that must survive a key rotation. */
export const keyedHashes = (use: KeyUse, scope: string, value: string): Buffer[] => allKeys(use).map((key) => mac(key, scope, value));

/** A bearer token of 256 random bits in base64url, 43 characters. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** Compares two texts in time that depends on neither content nor the place of the first difference. */
export function equalInConstantTime(a: string, b: string): boolean {
  const key = createSecretKey(randomBytes(32));
  return timingSafeEqual(mac(key, "equal", a), mac(key, "equal", b));
}
