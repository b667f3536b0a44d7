import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { readChallenge } from "#lib/challenges/read";
import { verifyChallenge } from "#lib/challenges/verify";
import { pool } from "#lib/db/pool";
import { env } from "#lib/env";
import { endSession } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";
import { codeOf, from, makeAccount, must, otherThan, PASSWORD } from "#lib/testing/fixtures";

/** Rows enough that reading a whole table is the worse plan. */
const ROWS = 20_000;

const MANY = [
  `INSERT INTO users (email, password_hash, locale) SELECT 'crowd-' || n || '@example.jp', 'x', 'ja' FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO phones (user_id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version, verified_at)
     SELECT id, 'x', sha256(email::bytea), 1, 'JP', 'SMS', now(), 1, now() FROM users WHERE email LIKE 'crowd-%'`,
  "INSERT INTO recovery_codes (user_id, selector, hash) SELECT id, sha256(email::bytea), 'x' FROM users WHERE email LIKE 'crowd-%'",
  `INSERT INTO challenges (token_hash, purpose, user_id, locale, expires_at)
     SELECT sha256(email::bytea), 'SIGN_IN', id, 'ja', now() + interval '1 hour' FROM users WHERE email LIKE 'crowd-%'`,
  "INSERT INTO challenge_codes (challenge_id, sealed, expires_at) SELECT id, 'x', now() + interval '1 hour' FROM challenges",
  "INSERT INTO messages (challenge_id, user_id, template, channel, locale) SELECT id, user_id, 'code.SIGN_IN', 'SMS', 'ja' FROM challenges",
  `INSERT INTO sessions (token_hash, user_id, amr, authenticated_at, last_seen_at, expires_at)
     SELECT sha256(email::bytea), id, '{pwd,sms}', now(), now(), now() + interval '1 hour' FROM users WHERE email LIKE 'crowd-%'`,
  "INSERT INTO limit_hits (policy, subject, owner) SELECT 'sends_per_phone', sha256(email::bytea), id FROM users WHERE email LIKE 'crowd-%'",
];

const TABLES = ["users", "phones", "recovery_codes", "challenges", "challenge_codes", "messages", "sessions", "limit_hits"];

const owner = new pg.Client({ connectionString: env().DATABASE_URL });

/** How often each table was read from end to end, by connections that have ended. */
async function wholeReads(): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ name: string; scans: number }>(
    "SELECT relname AS name, seq_scan::int AS scans FROM pg_stat_user_tables WHERE relname = ANY($1)",
    [TABLES],
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.scans]));
}

beforeAll(async () => {
  await owner.connect();
  for (const statement of MANY) await owner.query(statement);
  for (const table of TABLES) await owner.query(`ANALYZE ${table}`);
  await owner.query("SELECT pg_stat_force_next_flush()");
});
afterAll(() => owner.end());

describe("with many accounts", () => {
  it("no step of a sign-in reads a table from end to end (decision 014: one plan for all values)", async () => {
    const before = await wholeReads();
    expect(Object.keys(before).toSorted()).toEqual(TABLES.toSorted());
    const account = await makeAccount();
    for (const identifier of [account.email, account.e164]) {
      expect((await signIn({ identifier, password: "まちがい" }, from)).ok).toBe(false);
      const { token } = must(await signIn({ identifier, password: PASSWORD }, from));
      expect(await readChallenge(token)).not.toBeNull();
      const code = await codeOf(token);
      expect((await verifyChallenge(token, { code: otherThan(code) }, from)).ok).toBe(false);
      expect((await verifyChallenge(token, { method: "recovery_code", code: "0000-0000-0000-0000" }, from)).ok).toBe(false);
      const verified = must(await verifyChallenge(token, { code }, from));
      const session = verified.next === "bind_phone" ? "" : verified.sessionToken;
      expect(await readSession(session)).not.toBeNull();
      expect(await endSession(session, from)).toBe(true);
    }
    // A connection tells what it read when it has ended.
    await pool().end();
    const open = async () =>
      (await owner.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'sekisho' AND datname = current_database()")).rowCount;
    await expect.poll(open).toBe(0);
    expect(await wholeReads()).toEqual(before);
  });
});
