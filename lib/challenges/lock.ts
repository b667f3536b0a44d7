import { challengeHashes } from "#lib/challenges/read";
import { sql } from "#lib/db/sql";

/** The lock on six-digit codes of a challenge: that of its known device, else that of its account (SOFT_LOCK). */
type Lock = { until: Date; seconds: number };

/** Seconds for which a challenge rejects six-digit codes, or 0. */
export async function lockSeconds({ userId, deviceId }: { userId: string | null; deviceId: string | null }): Promise<number> {
  const [lock] = await sql<Lock>`
    SELECT l.locked_until AS until, ceil(extract(epoch FROM l.locked_until - app_now()))::int AS seconds
    FROM (SELECT d.locked_until FROM known_devices d WHERE d.id = ${deviceId}::uuid AND d.user_id = ${userId}::uuid AND d.expires_at > app_now()
      UNION ALL
      SELECT u.locked_until FROM users u WHERE u.id = ${userId}::uuid) l LIMIT 1`;
  return Math.max(0, lock?.seconds ?? 0);
}

/** When the challenge of a token accepts six-digit codes again, as ISO 8601; null when it accepts them now. Recovery codes are never locked. */
export async function lockedUntil(token: string): Promise<string | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [lock] = await sql<Lock>`
    SELECT l.until FROM (
      SELECT CASE WHEN d.id IS NOT NULL THEN d.locked_until ELSE u.locked_until END AS until
      FROM challenges c JOIN users u ON u.id = c.user_id
        LEFT JOIN known_devices d ON d.id = c.device_id AND d.user_id = c.user_id AND d.expires_at > app_now()
      WHERE c.token_hash = ANY(${hashes}::bytea[])) l WHERE l.until > app_now()`;
  return lock?.until.toISOString() ?? null;
}
