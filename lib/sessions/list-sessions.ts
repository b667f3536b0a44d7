import { sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";

/** One signed-in browser of an account; times are ISO 8601. */
export type SessionLine = { id: string; userAgent: string; signedInAt: string; lastSeenAt: string };

/** The live sessions of one account, the latest used first. */
export async function listSessions(userId: string): Promise<SessionLine[]> {
  const rows = await sql<{ id: string; user_agent: string | null; authenticated_at: Date; last_seen_at: Date }>`
    SELECT id, user_agent, authenticated_at, last_seen_at FROM sessions
    WHERE user_id = ${userId}::uuid AND expires_at > app_now() AND last_seen_at > app_now() - make_interval(secs => ${SESSION.idle}::int)
    ORDER BY last_seen_at DESC LIMIT 100`;
  return rows.map((row) => ({
    id: row.id,
    userAgent: row.user_agent ?? "",
    signedInAt: row.authenticated_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
  }));
}
