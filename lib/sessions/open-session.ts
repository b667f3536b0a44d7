import { type Origin, record } from "#lib/audit/record";
import { keyedHash, newToken } from "#lib/crypto/hash";
import type { Sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";
import type { Amr } from "#lib/sessions/session";

/** What an opened session hands to the browser: the token is in no table and no log. */
export type OpenedSession = { sessionId: string; token: string; expiresAt: Date };

/**
 * Opens a session: the only statement in the product that makes one, called by a verified challenge alone.
 * Runs in the transaction that consumed the challenge; the unique challenge_id refuses a second session for it.
 */
export async function openSession(
  tx: Sql,
  input: { userId: string; challengeId: string; amr: Amr[]; origin: Origin },
): Promise<OpenedSession> {
  const token = newToken();
  const [row] = await tx<{ id: string; expires_at: Date }>`
    INSERT INTO sessions (token_hash, user_id, challenge_id, amr, authenticated_at, last_seen_at, expires_at, ip, user_agent)
    SELECT ${keyedHash("token", "session", token)}, id, ${input.challengeId}::uuid, ${input.amr}::text[], app_now(), app_now(),
           app_now() + make_interval(secs => CASE WHEN roles = '{}' THEN ${SESSION.overall}::int ELSE ${SESSION.adminOverall}::int END),
           ${input.origin.ip}, ${input.origin.userAgent.slice(0, 256)}
    FROM users WHERE id = ${input.userId}::uuid AND disabled_at IS NULL
    RETURNING id, expires_at`;
  if (!row) throw new Error("a session was asked for an account that may not have one");
  await record(tx, {
    event: "session.opened",
    userId: input.userId,
    challengeId: input.challengeId,
    sessionId: row.id,
    method: input.amr.join(" "),
    ...input.origin,
  });
  return { sessionId: row.id, token, expiresAt: row.expires_at };
}
