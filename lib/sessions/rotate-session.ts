import { keyedHash, newToken } from "#lib/crypto/hash";
import type { Sql } from "#lib/db/sql";

import { SESSION } from "#lib/limits/policy";
import { barredFrom } from "#lib/policy/requirement";

import type { Requester } from "#lib/requester";
import type { OpenedSession } from "#lib/sessions/open-session";
import { sessionHashes } from "#lib/sessions/read-session";
import { type SessionRow, viewOfSession } from "#lib/sessions/session";

/** What a step-up or a change proved: the second factor's row, which the session rests on from now on. */
type Proven = { authenticatorId?: string | null };

/**
 * Gives a live session a new token; the old one is dead at once (SE-03). The browser must present the session itself, because a stolen cookie
 * of its challenge must not yield one. Null when the session is not this browser's, or has ended.
 */
export async function rotateSession(
  tx: Sql,
  { sessionId, userId }: { sessionId: string; userId: string },
  requester: Requester,
  { authenticatorId = null }: Proven = {},
): Promise<OpenedSession | null> {
  const token = newToken();
  const [row] = await tx<SessionRow>`
    WITH s AS (
      UPDATE sessions SET token_hash = ${keyedHash("token", "session", token)}, last_seen_at = greatest(sessions.last_seen_at, app_now()),
        authenticator_id = coalesce(${authenticatorId}::uuid, sessions.authenticator_id)
      FROM users u
      WHERE sessions.id = ${sessionId}::uuid AND sessions.user_id = ${userId}::uuid AND u.id = sessions.user_id AND u.disabled_at IS NULL
        AND sessions.token_hash = ANY(${sessionHashes(requester.sessionToken ?? "")}::bytea[])
        AND session_live(sessions.expires_at, sessions.last_seen_at, u.roles, ${SESSION.idle}::int, ${SESSION.adminIdle}::int)
      RETURNING sessions.*, u.email, u.locale, u.roles, u.restricted_until)
    SELECT id, user_id, email, locale, roles, amr, authenticated_at, expires_at, true AS saved,
      to_json(CASE WHEN s.restricted_until > app_now() THEN s.restricted_until END)#>>'{}' AS restricted_until,
      (SELECT f.facts FROM account_facts f WHERE f.user_id = s.user_id) AS facts FROM s`;
  return row ? { token, expiresAt: row.expiresAt, view: viewOfSession(row), barred: barredFrom(row.facts) } : null;
}
