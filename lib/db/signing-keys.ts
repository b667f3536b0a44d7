import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import { SealError, seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/**
 * The keys that sign receipts and assertions (EdDSA) and ID tokens (RS256). The private half is sealed in the database and erased when another key of its algorithm
 * follows; the public half stays published for ever, so that a receipt can be judged years later.
 */

/** What a key signs with (RFC 7518 3.1, RFC 8037 3.1). */
export type SigningAlgorithm = "EdDSA" | "RS256";

/** The key that signs now, by its name in the key set (RFC 7638). */
export type SigningKey = { kid: string; key: KeyObject };

/** The place of a private key: it opens in its own row alone. */
export const signingKeyPlace = (id: string, kid: string) => ({ table: "signing_keys", column: "private_sealed", row: id, owner: kid });

/** A key as its row has it. */
export type SealedKey = { id: string; kid: string; privateSealed: string };
type Row = SealedKey;

const opened = () => singleton("signing-keys", () => new Map<string, KeyObject>());

async function newest(tx: Sql, algorithm: SigningAlgorithm): Promise<Row | undefined> {
  const [row] = await tx<Row>`
    SELECT id, kid, private_sealed FROM signing_keys WHERE private_sealed IS NOT NULL AND algorithm = ${algorithm} ORDER BY position DESC LIMIT 1`;
  return row;
}

/** Two processes that need the first key, or rotate, come one after the other. */
const inTurn = (tx: Sql) => tx`SELECT pg_advisory_xact_lock(hashtextextended('signing_keys', 0))`;

async function make(tx: Sql, algorithm: SigningAlgorithm): Promise<Row> {
  const { publicKey, privateKey } =
    algorithm === "EdDSA" ? generateKeyPairSync("ed25519") : generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = publicKey.export({ format: "jwk" });
  const id = randomUUID();
  const kid = await calculateJwkThumbprint(jwk as JWK);
  const published = JSON.stringify({ ...jwk, kid, alg: algorithm, use: "sig" });
  const privateSealed = seal(JSON.stringify(privateKey.export({ format: "jwk" })), signingKeyPlace(id, kid));
  await tx`UPDATE signing_keys SET private_sealed = NULL WHERE private_sealed IS NOT NULL AND algorithm = ${algorithm}`;
  await tx`
    INSERT INTO signing_keys (id, kid, algorithm, public_jwk, private_sealed)
    VALUES (${id}::uuid, ${kid}, ${algorithm}, ${published}::jsonb, ${privateSealed})`;
  return { id, kid, privateSealed };
}

const makeFirst = (algorithm: SigningAlgorithm): Promise<Row> =>
  transaction(async (tx) => {
    await inTurn(tx);
    return (await newest(tx, algorithm)) ?? make(tx, algorithm);
  });

/** Whether the keys that sign open, without making one. */
export async function signingKeyOpens(): Promise<boolean> {
  const rows = await sql<Row>`SELECT id, kid, private_sealed FROM signing_keys WHERE private_sealed IS NOT NULL`;
  try {
    for (const row of rows) unseal(row.privateSealed, signingKeyPlace(row.id, row.kid));
    return true;
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}

/** The key that signs now; the first use makes one. Throws `SealError` when the application key that seals it is not configured. */
export async function signingKey(algorithm: SigningAlgorithm = "EdDSA"): Promise<SigningKey> {
  return openSigningKey((await newest(sql, algorithm)) ?? (await makeFirst(algorithm)));
}

/** The key of a row that was read with other data; throws `SealError` like `signingKey`. */
export function openSigningKey({ id, kid, privateSealed }: SealedKey): SigningKey {
  const known = opened().get(kid);
  if (known) return { kid, key: known };
  const jwk = JSON.parse(unseal(privateSealed, signingKeyPlace(id, kid))) as JsonWebKey;
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  for (const [other, { asymmetricKeyType }] of opened()) if (asymmetricKeyType === key.asymmetricKeyType) opened().delete(other);
  opened().set(kid, key);
  return { kid, key };
}

async function rotate(tx: Sql, algorithm: SigningAlgorithm): Promise<string> {
  await inTurn(tx);
  return (await make(tx, algorithm)).kid;
}

const algorithmsInUse = async (tx: Sql): Promise<SigningAlgorithm[]> =>
  (await tx<{ algorithm: SigningAlgorithm }>`SELECT DISTINCT algorithm FROM signing_keys ORDER BY algorithm`).map(
    ({ algorithm }) => algorithm,
  );

/** Makes another key the one that signs with an algorithm, and erases the private half of the one before; returns its name. */
export const rotateSigningKey = (algorithm: SigningAlgorithm = "EdDSA"): Promise<string> => transaction((tx) => rotate(tx, algorithm));

/** Does the same for every algorithm in use, in a transaction of its caller; false where nothing was ever signed. */
export async function replaceSigningKey(tx: Sql): Promise<boolean> {
  const algorithms = await algorithmsInUse(tx);
  for (const algorithm of algorithms) await rotate(tx, algorithm);
  return algorithms.length > 0;
}

/** Rotates every key that signs and is older than a month; does nothing before the first signature. */
export async function rotateOldSigningKey(): Promise<void> {
  const old = await sql<{ algorithm: SigningAlgorithm }>`
    SELECT DISTINCT algorithm FROM signing_keys WHERE private_sealed IS NOT NULL AND created_at < app_now() - interval '25 days'`;
  for (const { algorithm } of old) await rotateSigningKey(algorithm);
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
