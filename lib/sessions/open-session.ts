import { randomUUID } from "node:crypto";
import { record } from "#lib/audit/record";
import { keyedHash, newToken } from "#lib/crypto/hash";
import type { Sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";
import { barredFrom } from "#lib/policy/requirement";
import type { Requester } from "#lib/requester";
import { type Amr, type SessionRow, type SessionView, viewOfSession } from "#lib/sessions/session";

/** What an opened session hands to the browser: the token is in no table and no log. */
export type OpenedSession = {
  token: string;
  expiresAt: Date;
  view: SessionView;
  /** The kinds of authenticators that rules no longer take from its account. */
  barred: readonly string[];
};

/**
 * Opens a session: the only statement in the product that makes one, called only by a verified challenge and by a sign-in on a trusted device. Runs in
 * the transaction that consumed the challenge or the device's token; the unique challenge_id refuses a second session for a challenge. Null for a
 * disabled account.
 */
export async function openSession(
  tx: Sql,
  input: { userId: string; challengeId: string | null; amr: Amr[]; authenticatorId: string | null; requester: Requester },
): Promise<OpenedSession | null> {
  const token = newToken();
  const { userId, challengeId, amr, authenticatorId, requester } = input;
  const id = randomUUID();
  const inserted = tx<SessionRow>`
    WITH u AS (SELECT * FROM users WHERE id = ${userId}::uuid AND disabled_at IS NULL), s AS (
      INSERT INTO sessions (id, token_hash, user_id, challenge_id, amr, authenticated_at, last_seen_at, expires_at, authenticator_id, ip, user_agent)
      SELECT ${id}::uuid, ${keyedHash("token", "session", token)}, id, ${challengeId}::uuid, ${amr}::text[], app_now(), app_now(),
             app_now() + make_interval(secs => CASE WHEN roles = '{}' THEN ${SESSION.overall}::int ELSE ${SESSION.adminOverall}::int END),
             ${authenticatorId}::uuid, ${requester.ip}, ${requester.userAgent.slice(0, 256)}
      FROM u RETURNING *)
    SELECT s.id, s.user_id, u.email, u.locale, u.roles, s.amr, s.authenticated_at, s.expires_at, EXISTS (SELECT 1 FROM authenticators a WHERE a.user_id = u.id AND a.kind = 'recovery_codes' AND a.verified_at IS NOT NULL AND a.disabled_at IS NULL) AS saved,
      to_json(CASE WHEN u.restricted_until > app_now() THEN u.restricted_until END)#>>'{}' AS restricted_until,
      (SELECT f.facts FROM account_facts f WHERE f.user_id = u.id) AS facts
    FROM s JOIN u ON u.id = s.user_id`;
  const seen = requester.country ? seenIn(tx, userId, requester.country) : null;
  const recorded = record(tx, { event: "session.opened", userId, challengeId, sessionId: id, method: amr.join(" "), ...requester });
  const [[row]] = await Promise.all([inserted, recorded, seen]);
  return row ? { token, expiresAt: row.expiresAt, view: viewOfSession(row), barred: barredFrom(row.facts) } : null;
}

/** Notes the country of a sign-in, which a lost-phone request is compared with; those of more than 90 days ago are forgotten. */
const seenIn = (tx: Sql, userId: string, country: string): Promise<unknown> => tx`
  WITH old AS (
    DELETE FROM account_countries WHERE user_id = ${userId}::uuid AND country <> ${country} AND last_seen_at < app_now() - interval '90 days')
  INSERT INTO account_countries (user_id, country) SELECT id, ${country} FROM users WHERE id = ${userId}::uuid AND disabled_at IS NULL
  ON CONFLICT (user_id, country) DO UPDATE SET last_seen_at = app_now()`;
