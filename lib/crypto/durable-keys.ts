import { createHmac, createSecretKey, type KeyObject, randomBytes, randomUUID } from "node:crypto";
import { seal, unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/** What must stay comparable when APP_KEYS rotate: the subjects of limits, and the chain of the audit log. */
export type DurableKeyName = "limits" | "audit";

const place = (id: string) => ({ table: "durable_keys", column: "sealed", row: id });

const keys = () => singleton("durable-keys", () => new Map<DurableKeyName, Promise<KeyObject>>());

async function stored(name: DurableKeyName): Promise<KeyObject | null> {
  const [row] = await sql<{ id: string; sealed: string }>`SELECT id, sealed FROM durable_keys WHERE name = ${name}`;
  return row ? createSecretKey(Buffer.from(unseal(row.sealed, place(row.id)), "base64url")) : null;
}

/** Two processes may make the key at once; the unique name keeps one, which both then read. */
async function load(name: DurableKeyName): Promise<KeyObject> {
  const known = await stored(name);
  if (known) return known;
  const id = randomUUID();
  await sql`
    INSERT INTO durable_keys (id, name, sealed) VALUES (${id}::uuid, ${name}, ${seal(randomBytes(32).toString("base64url"), place(id))})
    ON CONFLICT (name) DO NOTHING`;
  const made = await stored(name);
  if (!made) throw new Error(`the durable key ${name} was not written`);
  return made;
}

/**
 * A 256-bit key of this installation, made at first use and kept for the life of the database; throws `SealError` when the application
 * key that seals it is not configured.
 */
export function durableKey(name: DurableKeyName): Promise<KeyObject> {
  const found = keys().get(name);
  if (found) return found;
  const loading = load(name);
  // A failed load is tried again at the next use.
  loading.catch(() => keys().delete(name));
  keys().set(name, loading);
  return loading;
}

/** HMAC-SHA-256 of a value under a durable key; `scope` separates kinds of values. 32 bytes. */
export const durableHash = (key: KeyObject, scope: string, value: string): Buffer =>
  createHmac("sha256", key).update(`${scope}\0${value}`).digest();
