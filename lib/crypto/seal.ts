import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { activeKey, activeKeyId, keyFor } from "#lib/crypto/keys";

/** Where a sealed value lives; a value moved to another row or column does not open (PH-03). */
export type Place = { table: string; column: string; row: string };

/** Thrown when a sealed value was altered, moved, or its key is gone: never a reason to continue. */
export class SealError extends Error {
  constructor() {
    super("a sealed value does not open");
  }
}

const aad = (place: Place) => Buffer.from(`${place.table}|${place.column}|${place.row}`);

/** Seals a text with AES-256-GCM, a random 96-bit nonce and the place as associated data: `keyId.base64url(nonce|tag|ciphertext)`. */
export function seal(plain: string, place: Place): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", activeKey("seal"), nonce, { authTagLength: 16 });
  cipher.setAAD(aad(place));
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return `${activeKeyId()}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
}

/** Opens what `seal` made for the same place; throws `SealError` on anything else. */
export function unseal(sealed: string, place: Place): string {
  const [id = "", data = ""] = sealed.split(".");
  const key = keyFor(id, "seal");
  const bytes = Buffer.from(data, "base64url");
  if (!key || bytes.length < 28) throw new SealError();
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(aad(place));
  decipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    throw new SealError();
  }
}
