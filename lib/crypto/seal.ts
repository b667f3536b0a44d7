import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { activeKey, activeKeyId, keyFor } from "#lib/crypto/keys";
import { sealFormat } from "#lib/crypto/seal-format";

/** The location and owner of a sealed value; it does not open in another row or column or for another owner (PH-03). */
export type SealPlace = { table: string; column: string; row: string; owner: string };

/** Thrown when a sealed value was altered, moved, or its key is gone: never a reason to continue. */
export class SealError extends Error {
  constructor() {
    super("a sealed value does not open");
  }
}

/** The version mark of values that are bound to their owner; it is authenticated, so that neither format is accepted as the other. */
const OWNED = "2";

const aad = ({ table, column, row, owner }: SealPlace, owned: boolean) =>
  Buffer.from(owned ? `${OWNED}|${table}|${column}|${row}|${owner}` : `${table}|${column}|${row}`);

/** Seals a text with AES-256-GCM, a random 96-bit nonce and the location as associated data: `keyId.2.base64url(nonce|tag|ciphertext)`. */
export function seal(plain: string, place: SealPlace): string {
  const owned = sealFormat().ownerWritten;
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", activeKey("seal"), nonce, { authTagLength: 16 });
  cipher.setAAD(aad(place, owned));
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  const data = Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
  return owned ? `${activeKeyId()}.${OWNED}.${data}` : `${activeKeyId()}.${data}`;
}

/**
 * Opens a value that `seal` made for the same location; throws `SealError` on anything else. Values without an owner open only while the seal
 * format allows it.
 */
export function unseal(sealed: string, place: SealPlace): string {
  const parts = sealed.split(".");
  const [id = "", data = ""] = [parts[0], parts.at(-1)];
  const owned = parts.length === 3 && parts[1] === OWNED;
  if (!owned && (parts.length !== 2 || !sealFormat().ownerlessOpens)) throw new SealError();
  const key = keyFor(id, "seal");
  const bytes = Buffer.from(data, "base64url");
  if (!key || bytes.length < 28) throw new SealError();
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(aad(place, owned));
  decipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    throw new SealError();
  }
}
