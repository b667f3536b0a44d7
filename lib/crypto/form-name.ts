import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { activeKey, allKeys } from "#lib/crypto/keys";

/** AES Key Wrap (RFC 3394): deterministic authenticated encryption of 16 bytes, so that all renders of one row carry the same name. */
const ALGORITHM = "id-aes256-wrap";
/** The initial value of RFC 3394 section 2.2.3.1, which detects an altered name. */
const INITIAL_VALUE = Buffer.alloc(8, 0xa6);
const NAME = /^[A-Za-z0-9_-]{32}$/;

/** The value of the hidden field `form` for a challenge or a session: its sealed row id, 32 characters of base64url. */
export function formName(id: string): string {
  const cipher = createCipheriv(ALGORITHM, activeKey("form"), INITIAL_VALUE);
  return Buffer.concat([cipher.update(Buffer.from(id.replaceAll("-", ""), "hex")), cipher.final()]).toString("base64url");
}

function unwrap(key: KeyObject, bytes: Buffer): string | null {
  try {
    const decipher = createDecipheriv(ALGORITHM, key, INITIAL_VALUE);
    return Buffer.concat([decipher.update(bytes), decipher.final()]).toString("hex");
  } catch {
    return null;
  }
}

/** Opens a name to its row id under any configured key; null if the name is invalid. */
export function idOfForm(name: unknown): string | null {
  if (typeof name !== "string" || !NAME.test(name)) return null;
  const bytes = Buffer.from(name, "base64url");
  for (const key of allKeys("form")) {
    const hex = unwrap(key, bytes);
    if (hex?.length === 32) return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  return null;
}
