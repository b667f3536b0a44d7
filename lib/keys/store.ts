import { record } from "#lib/audit/record";
import { transactionOn } from "#lib/db/in-line";
import { type Sql, sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { isScope } from "#lib/keys/scopes";
import { newSecret, secretHash } from "#lib/keys/secret";
import { fail, ok, type Result } from "#lib/result";

/** The keys of other systems: made, listed, rotated and removed by an operator. A secret is returned once and stored as a hash. */

/** What an operator enters; `countries` null is every country that the site allows, `sendsPerDay` null no budget of its own. */
export type NewKey = { name: string; scopes: string[]; countries: string[] | null; sendsPerDay: number | null };

/** Why nothing was changed. */
export type KeyProblem = "bad_name" | "bad_scope" | "bad_country" | "bad_budget" | "bad_overlap" | "name_taken" | "no_such_key";

/** The hours for which the secret before a rotation goes on to work, by default and at most. */
export const OVERLAP_HOURS = { usual: 24, most: 24 * 30 } as const;

const MOST_SENDS = 1_000_000;

function problemOf({ name, scopes, countries, sendsPerDay }: NewKey): KeyProblem | null {
  if (!/^[\p{L}\p{N}._-]{1,64}$/u.test(name)) return "bad_name";
  if (scopes.length === 0 || !scopes.every(isScope)) return "bad_scope";
  const allowed = env().ALLOWED_COUNTRIES.split(",");
  if (countries !== null && (countries.length === 0 || !countries.every((one) => allowed.includes(one)))) return "bad_country";
  if (sendsPerDay !== null && (!Number.isInteger(sendsPerDay) || sendsPerDay < 1 || sendsPerDay > MOST_SENDS)) return "bad_budget";
  return null;
}

const hashOf = (secret: string): Buffer => {
  const hash = secretHash(secret);
  if (!hash) throw new Error("a made secret has another form");
  return hash;
};

const note = (tx: Sql, event: "key.made" | "key.rotated" | "key.removed", name: string, by: string) =>
  record(tx, { event, method: `${name} ${by}`, ip: "", userAgent: "" });

/** Makes a key and returns its secret, which cannot be read again; `by` names the author in the audit log. */
export async function addKeyIn(tx: Sql, key: NewKey, by: string): Promise<Result<string, KeyProblem>> {
  const problem = problemOf(key);
  if (problem) return fail(problem);
  const secret = newSecret();
  const made = await tx`
    WITH made AS (INSERT INTO api_keys (name, scopes, countries, sends_per_day)
      VALUES (${key.name}, ${key.scopes}::text[], ${key.countries}::text[], ${key.sendsPerDay}::int)
      ON CONFLICT (name) WHERE removed_at IS NULL DO NOTHING RETURNING id)
    INSERT INTO api_key_secrets (key_id, hash) SELECT id, ${hashOf(secret)}::bytea FROM made RETURNING key_id`;
  if (made.length === 0) return fail("name_taken");
  await note(tx, "key.made", key.name, by);
  return ok(secret);
}

/** The live key of a name, locked. */
async function lockKey(tx: Sql, name: string): Promise<string | null> {
  const [row] = await tx<{ id: string }>`SELECT id FROM api_keys WHERE name = ${name} AND removed_at IS NULL FOR UPDATE`;
  return row?.id ?? null;
}

/** Gives a key a new secret and returns it; the one before works for `overlapHours` more, and any older one ends now. */
export async function rotateKeyIn(tx: Sql, name: string, overlapHours: number, by: string): Promise<Result<string, KeyProblem>> {
  if (!(overlapHours >= 0 && overlapHours <= OVERLAP_HOURS.most)) return fail("bad_overlap");
  const secret = newSecret();
  const id = await lockKey(tx, name);
  if (id === null) return fail("no_such_key");
  await tx`DELETE FROM api_key_secrets WHERE key_id = ${id}::uuid AND expires_at IS NOT NULL`;
  await tx`UPDATE api_key_secrets SET expires_at = app_now() + make_interval(secs => ${overlapHours * 3600}) WHERE key_id = ${id}::uuid`;
  await tx`INSERT INTO api_key_secrets (key_id, hash) VALUES (${id}::uuid, ${hashOf(secret)}::bytea)`;
  await note(tx, "key.rotated", name, by);
  return ok(secret);
}

/** Removes a key at once: its secrets are deleted, and what it began can no longer be read or checked. */
export async function removeKeyIn(tx: Sql, name: string, by: string): Promise<Result<null, KeyProblem>> {
  const id = await lockKey(tx, name);
  if (id === null) return fail("no_such_key");
  await tx`UPDATE api_keys SET removed_at = app_now() WHERE id = ${id}::uuid`;
  await tx`DELETE FROM api_key_secrets WHERE key_id = ${id}::uuid`;
  await note(tx, "key.removed", name, by);
  return ok(null);
}

/** `addKeyIn` in a transaction of its own. */
export const addKey = (key: NewKey, by: string): Promise<Result<string, KeyProblem>> =>
  transactionOn(`key/${key.name}`, (tx) => addKeyIn(tx, key, by));

/** `rotateKeyIn` in a transaction of its own. */
export const rotateKey = (name: string, overlapHours: number, by: string): Promise<Result<string, KeyProblem>> =>
  transactionOn(`key/${name}`, (tx) => rotateKeyIn(tx, name, overlapHours, by));

/** `removeKeyIn` in a transaction of its own. */
export const removeKey = (name: string, by: string): Promise<Result<null, KeyProblem>> =>
  transactionOn(`key/${name}`, (tx) => removeKeyIn(tx, name, by));

/** A key as an operator sees it; `oldUntil` is the end of an overlap. */
export type KeyLine = {
  name: string;
  scopes: string[];
  countries: string[] | null;
  sendsPerDay: number | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  oldUntil: Date | null;
};

/** Lists the keys that are not removed, by name. */
export const listKeys = (): Promise<KeyLine[]> => sql<KeyLine>`
  SELECT k.name, k.scopes, k.countries, k.sends_per_day, k.created_at, max(s.last_used_at) AS last_used_at,
    max(s.expires_at) FILTER (WHERE s.expires_at > app_now()) AS old_until
  FROM api_keys k LEFT JOIN api_key_secrets s ON s.key_id = k.id WHERE k.removed_at IS NULL GROUP BY k.id ORDER BY k.name`;
