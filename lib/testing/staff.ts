import { sql, transaction } from "#lib/db/sql";
import type { Acting } from "#lib/sessions/step-up";
import type { Role } from "#lib/staff/matrix";
import { grantRole } from "#lib/staff/people";
import { type Account, bindFactor, makeAccount } from "#lib/testing/fixtures";

/** Members of staff for tests; used by *.db.test.ts alone. */

/** A member of staff of long standing whose session stepped up for acts of staff. */
export async function staffMember(role: Role, days = 100): Promise<Acting & { account: Account }> {
  const account = await makeAccount();
  await transaction((tx) => grantRole(tx, account.userId, role, "test"));
  await sql`
    UPDATE staff_grants SET granted_at = app_now() - make_interval(days => ${days}::int)
    WHERE subject = (SELECT audit_subject FROM users WHERE id = ${account.userId}::uuid)`;
  await bindFactor(account.userId, "totp");
  return { ...(await staffSession(account)), account };
}

/** A session of an account that was opened by an app and stepped up. */
export async function staffSession(account: Account): Promise<Acting> {
  const [session] = await sql<{ id: string }>`
    INSERT INTO sessions (token_hash, user_id, amr, authenticated_at, last_seen_at, expires_at)
    VALUES (gen_random_uuid()::text::bytea, ${account.userId}::uuid, '{pwd,otp}', app_now(), app_now(), app_now() + interval '12 hours') RETURNING id`;
  const acting = { sessionId: session?.id ?? "", userId: account.userId };
  await sql`INSERT INTO step_ups (session_id, action) VALUES (${acting.sessionId}::uuid, 'administer')`;
  return acting;
}

/** The address and the seed-like values of an account that no page of the console may hold. */
export async function secretsOf(account: Account): Promise<string[]> {
  const [row] = await sql<{ all: (string | null)[] }>`
    SELECT ARRAY[u.password_hash, (SELECT p.number_sealed FROM phones p WHERE p.id = ${account.phoneId}::uuid),
      (SELECT encode(p.number_hash, 'hex') FROM phones p WHERE p.id = ${account.phoneId}::uuid),
      (SELECT t.seed_sealed FROM totp t JOIN authenticators a ON a.id = t.id WHERE a.user_id = u.id LIMIT 1),
      (SELECT k.sealed FROM challenge_codes k JOIN challenges c ON c.id = k.challenge_id WHERE c.user_id = u.id LIMIT 1),
      (SELECT encode(s.token_hash, 'hex') FROM sessions s WHERE s.user_id = u.id LIMIT 1)] AS all
    FROM users u WHERE u.id = ${account.userId}::uuid`;
  const local = account.e164.replace(/^\+81/, "0");
  return [account.email, account.e164, local, account.e164.slice(-4), ...(row?.all ?? []).flatMap((one) => one ?? [])];
}
