import { randomInt, randomUUID } from "node:crypto";
import pg from "pg";
import { signIn } from "#lib/accounts/sign-in";
import { challengeHashes } from "#lib/challenges/read";
import { openCode } from "#lib/crypto/code-seal";
import { numberHash, sealNumber } from "#lib/crypto/number-seal";
import { hashSecret } from "#lib/crypto/password-hash";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { SettingName } from "#lib/policy/settings";
import type { Verified } from "#lib/purposes/challenges";
import type { Result } from "#lib/result";
import type { KnownDevice } from "#lib/sessions/known-device";
import type { OwedStep } from "#lib/sessions/next-step";

/** Rows for tests, written by SQL and never by the code under test; used by *.db.test.ts alone. */

export const PASSWORD = "茶碗 とても 静か";
export const requester = { ip: "192.0.2.1", userAgent: "test" };

let hashed: Promise<string> | undefined;

export type Account = { userId: string; email: string; e164: string; phoneId: string };

/** A fresh mobile number that delivers normally. */
export const freshNumber = (): string => `+8190${randomInt(1_0000, 9_9999)}${randomInt(1000, 9999)}`.slice(0, 13);

/** Binds one more number to an account, by its rows. */
export async function bindNumber(userId: string, e164 = freshNumber()): Promise<{ phoneId: string; e164: string }> {
  const phoneId = randomUUID();
  await sql`
    WITH bound AS (
      INSERT INTO authenticators (id, user_id, kind, verified_at) VALUES (${phoneId}::uuid, ${userId}::uuid, 'phone', app_now()) RETURNING id)
    INSERT INTO phones (id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version)
    SELECT id, ${sealNumber(phoneId, userId, e164)}, ${numberHash(e164)}, 1, 'JP', 'SMS', app_now(), 1 FROM bound`;
  return { phoneId, e164 };
}

/** An account with a bound phone and confirmed recovery codes; without a phone, one that was left before its first factor. */
export async function makeAccount(options: { phone?: boolean } = {}): Promise<Account> {
  hashed ??= hashSecret(PASSWORD);
  const userId = randomUUID();
  const email = `${userId}@example.jp`;
  await sql`INSERT INTO users (id, email, password_hash, locale) VALUES (${userId}::uuid, ${email}, ${await hashed}, 'ja')`;
  if (options.phone === false) return { userId, email, phoneId: randomUUID(), e164: freshNumber() };
  await sql`
    WITH saved AS (INSERT INTO authenticators (user_id, kind, verified_at) VALUES (${userId}::uuid, 'recovery_codes', app_now()) RETURNING id)
    INSERT INTO recovery_code_sets (id) SELECT id FROM saved`;
  return { userId, email, ...(await bindNumber(userId)) };
}

/** Leaves an account as it was before it saved its recovery codes. */
export const forgetRecoveryCodes = (userId: string) =>
  sql`DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND kind = 'recovery_codes'`;

/** Gives an account one recovery code without a known text, so that its challenges offer that way. */
export const addRecoveryCode = (userId: string) =>
  sql`INSERT INTO recovery_codes (set_id, selector, hash) SELECT id, 'x', 'x' FROM authenticators WHERE user_id = ${userId}::uuid AND kind = 'recovery_codes'`;

/** The value of a result that must be a success. */
export function must<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** What a verified challenge opened, which must be a session of its own. */
export function signedIn(verified: Verified): Extract<Verified, { next: OwedStep | "done" }> & { device: KnownDevice } {
  if (!("device" in verified) || verified.next === "stepped_up" || !verified.device) throw new Error(`no session, but ${verified.next}`);
  return { ...verified, device: verified.device };
}

/** The code that was queued for the current way of a challenge, read from the row with the key. */
export async function codeOf(token: string): Promise<string> {
  const [row] = await sql<{ id: string; authenticatorId: string | null; sealed: string; owner: string }>`
    SELECT c.id, k.authenticator_id, k.sealed, coalesce(c.user_id::text, c.email, c.id::text) AS owner FROM challenges c JOIN challenge_codes k ON k.challenge_id = c.id AND k.authenticator_id IS NOT DISTINCT FROM c.current_authenticator_id
    WHERE c.token_hash = ANY(${challengeHashes(token)}::bytea[])`;
  if (!row) throw new Error("this challenge has no code");
  return openCode({ challengeId: row.id, authenticatorId: row.authenticatorId, owner: row.owner }, row.sealed);
}

/** A code that is not the given one. */
export const otherThan = (code: string, step = 1): string => String((Number(code) + step) % 1_000_000).padStart(6, "0");

/** Signs in with the right password: the open challenge of this browser. */
export const passPassword = async (account: Account): Promise<string> =>
  must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).token;

/** Moves the product's clock to an offset from real time, in seconds. */
export const setClock = (offsetSeconds: number) => sql`UPDATE clock SET offset_seconds = ${offsetSeconds}::int`;

/** Deletes the counts of all limits, which most tests do not examine. */
export async function forgetLimits(): Promise<void> {
  await sql`DELETE FROM limit_hits`;
  await sql`DELETE FROM limit_rings`;
}

/** Deletes every change of the settings, as the owner of the tables: the application may only add to them. */
export async function forgetPolicy(): Promise<void> {
  const owner = new pg.Client({ connectionString: env().DATABASE_URL });
  await owner.connect();
  await owner.query("DELETE FROM policy_changes").finally(() => owner.end());
}

/** Sets a setting by its row. */
export const setPolicy = (name: SettingName, value: unknown) =>
  sql`INSERT INTO policy_changes (name, value, by) VALUES (${name}, ${JSON.stringify(value)}::jsonb, 'cli:test')`;

/** Gives an account a proven authenticator of a kind, by its row. */
export async function bindFactor(userId: string, kind: "totp" | "passkey"): Promise<string> {
  const id = randomUUID();
  await sql`INSERT INTO authenticators (id, user_id, kind, verified_at) VALUES (${id}::uuid, ${userId}::uuid, ${kind}, app_now())`;
  return id;
}

/** Runs the same thing many times at once. */
export const together = <T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));

/** How many rows a query counts. */
export async function count(rows: Promise<{ n: number }[]>): Promise<number> {
  return (await rows)[0]?.n ?? 0;
}
