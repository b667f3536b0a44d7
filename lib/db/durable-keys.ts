import { createHmac, createSecretKey, type KeyObject, randomBytes, randomUUID } from "node:crypto";
import { SealError, seal, unseal } from "#lib/crypto/seal";
import { patientClient, rethrow } from "#lib/db/pool";
import { singleton } from "#lib/singleton";

/** Keys for values that must stay comparable when APP_KEYS rotate: the subjects of limits, the chain of the audit log, and pairwise subjects. */
type DurableKeyName = "limits" | "audit" | "openid";

const place = (id: string, name: DurableKeyName) => ({ table: "durable_keys", column: "sealed", row: id, owner: name });

type Client = Awaited<ReturnType<typeof patientClient>>;

const keys = () => singleton("durable-keys", () => new Map<DurableKeyName, Promise<KeyObject>>());

async function stored(client: Client, name: DurableKeyName): Promise<KeyObject | null> {
  const { rows } = await client.query<{ id: string; sealed: string }>("SELECT id, sealed FROM durable_keys WHERE name = $1", [name]);
  const row = rows[0];
  return row ? createSecretKey(Buffer.from(unseal(row.sealed, place(row.id, name)), "base64url")) : null;
}

/** Two processes may create the key concurrently; the unique name keeps one, and both read that one. */
async function readOrMake(client: Client, name: DurableKeyName): Promise<KeyObject> {
  const known = await stored(client, name);
  if (known) return known;
  const id = randomUUID();
  const sealed = seal(randomBytes(32).toString("base64url"), place(id, name));
  await client.query("INSERT INTO durable_keys (id, name, sealed) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING", [id, name, sealed]);
  const made = await stored(client, name);
  if (!made) throw new Error(`the durable key ${name} was not written`);
  return made;
}

/** Uses its own connection: transactions that hold every connection of the pool may be waiting for this key. */
async function load(name: DurableKeyName): Promise<KeyObject> {
  const client = await patientClient().catch(rethrow);
  try {
    return await readOrMake(client, name);
  } catch (error) {
    return rethrow(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Loads a 256-bit key of this installation, which is created at first use and kept in the database. Throws `SealError` when the application key
 * that seals it is not configured.
 */
export function durableKey(name: DurableKeyName): Promise<KeyObject> {
  const found = keys().get(name);
  if (found) return found;
  const loading = load(name);
  // A failed load is retried at the next use.
  loading.catch(() => keys().delete(name));
  keys().set(name, loading);
  return loading;
}

/** HMAC-SHA-256 of a value under a durable key; `scope` separates kinds of values. 32 bytes. */
export const durableHash = (key: KeyObject, scope: string, value: string): Buffer =>
  createHmac("sha256", key).update(`${scope}\0${value}`).digest();

/**
 * Loads the durable keys before the first request needs one; throws an `Error` that names APP_KEYS when they do not open. If the database is
 * unavailable, they load at first use.
 */
export async function loadDurableKeys(): Promise<void> {
  for (const name of ["limits", "audit", "openid"] as const)
    await durableKey(name).catch((error: unknown) => {
      if (error instanceof SealError)
        throw new Error(`APP_KEYS: the key that seals "${name}" in durable_keys is missing; put it back with the value it had`);
    });
}
