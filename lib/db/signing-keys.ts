import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import { SealError, seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/**
 * The Ed25519 keys that sign receipts and assertions. The private half is sealed in the database and erased when another key follows; the public half stays
 * published for ever, so that a receipt can be judged years later.
 */

/** The key that signs now, by its name in the key set (RFC 7638). */
export type SigningKey = { kid: string; key: KeyObject };

/** The place of a private key: it opens in its own row alone. */
export const signingKeyPlace = (id: string, kid: string) => ({ table: "signing_keys", column: "private_sealed", row: id, owner: kid });

/** A key as its row has it. */
export type SealedKey = { id: string; kid: string; privateSealed: string };
type Row = SealedKey;

const opened = () => singleton("signing-keys", () => new Map<string, KeyObject>());

async function newest(tx: Sql): Promise<Row | undefined> {
  const [row] = await tx<Row>`
    SELECT id, kid, private_sealed FROM signing_keys WHERE private_sealed IS NOT NULL ORDER BY position DESC LIMIT 1`;
  return row;
}

/** Two processes that need the first key, or rotate, come one after the other. */
const inTurn = (tx: Sql) => tx`SELECT pg_advisory_xact_lock(hashtextextended('signing_keys', 0))`;

async function make(tx: Sql): Promise<Row> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const jwk = publicKey.export({ format: "jwk" });
  const id = randomUUID();
  const kid = await calculateJwkThumbprint(jwk as JWK);
  const published = JSON.stringify({ ...jwk, kid, alg: "EdDSA", use: "sig" });
  const privateSealed = seal(JSON.stringify(privateKey.export({ format: "jwk" })), signingKeyPlace(id, kid));
  await tx`UPDATE signing_keys SET private_sealed = NULL WHERE private_sealed IS NOT NULL`;
  await tx`INSERT INTO signing_keys (id, kid, public_jwk, private_sealed) VALUES (${id}::uuid, ${kid}, ${published}::jsonb, ${privateSealed})`;
  return { id, kid, privateSealed };
}

const makeFirst = (): Promise<Row> =>
  transaction(async (tx) => {
    await inTurn(tx);
    return (await newest(tx)) ?? make(tx);
  });

/** Whether the key that signs opens, without making one. */
export async function signingKeyOpens(): Promise<boolean> {
  const row = await newest(sql);
  if (!row) return true;
  try {
    unseal(row.privateSealed, signingKeyPlace(row.id, row.kid));
    return true;
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}

/** The key that signs now; the first use makes one. Throws `SealError` when the application key that seals it is not configured. */
export async function signingKey(): Promise<SigningKey> {
  return openSigningKey((await newest(sql)) ?? (await makeFirst()));
}

/** The key of a row that was read with other data; throws `SealError` like `signingKey`. */
export function openSigningKey({ id, kid, privateSealed }: SealedKey): SigningKey {
  const known = opened().get(kid);
  if (known) return { kid, key: known };
  const jwk = JSON.parse(unseal(privateSealed, signingKeyPlace(id, kid))) as JsonWebKey;
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  opened().clear();
  opened().set(kid, key);
  return { kid, key };
}

async function rotate(tx: Sql): Promise<string> {
  await inTurn(tx);
  return (await make(tx)).kid;
}

/** Makes another key the one that signs, and erases the private half of the one before; returns its name. */
export const rotateSigningKey = (): Promise<string> => transaction(rotate);

/** Does the same in a transaction of its caller; false where no receipt was ever signed. */
export async function replaceSigningKey(tx: Sql): Promise<boolean> {
  const keys = await tx`SELECT 1 FROM signing_keys LIMIT 1`;
  if (keys.length > 0) await rotate(tx);
  return keys.length > 0;
}

/** Rotates unless the key that signs is younger than a month; does nothing before the first receipt. */
export async function rotateOldSigningKey(): Promise<void> {
  const old = await sql`
    SELECT 1 FROM signing_keys WHERE private_sealed IS NOT NULL AND created_at < app_now() - interval '25 days' LIMIT 1`;
  if (old.length > 0) await rotateSigningKey();
}

/** Every key that ever signed, the newest first, as a JWK set (RFC 7517). */
export async function publishedKeys(): Promise<{ keys: JsonWebKey[] }> {
  const rows = await sql<{ jwk: JsonWebKey }>`SELECT public_jwk AS jwk FROM signing_keys ORDER BY position DESC`;
  return { keys: rows.map(({ jwk }) => jwk) };
}

/** The keys with their ages, for the operator's command. */
export const listSigningKeys = () =>
  sql<{ kid: string; createdAt: Date; signs: boolean }>`
    SELECT kid, created_at, private_sealed IS NOT NULL AS signs FROM signing_keys ORDER BY position DESC`;
