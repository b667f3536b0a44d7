import { sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";

/** One signed-in browser of an account; times are ISO 8601. */
export type SessionLine = { id: string; userAgent: string; signedInAt: string; lastSeenAt: string };

/** Lists the live sessions of one account by the same rule as `readSession`, the latest used first. */
export async function listSessions(userId: string): Promise<SessionLine[]> {
  const rows = await sql<{ id: string; userAgent: string | null; authenticatedAt: Date; lastSeenAt: Date }>`
    SELECT s.id, s.user_agent, s.authenticated_at, s.last_seen_at FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.user_id = ${userId}::uuid AND u.disabled_at IS NULL
      AND session_live(s.expires_at, s.last_seen_at, u.roles, ${SESSION.idle}::int, ${SESSION.adminIdle}::int)
    ORDER BY s.last_seen_at DESC LIMIT 100`;
  return rows.map((row) => ({
    id: row.id,
    userAgent: row.userAgent ?? "",
    signedInAt: row.authenticatedAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
  }));
}
