import { challengeHashes } from "#lib/challenges/read";
import { sql } from "#lib/db/sql";

/** Until when the account behind a challenge takes no codes (SOFT_LOCK), as ISO 8601; null when it does, or when there is no account. */
export async function lockedUntil(token: string): Promise<string | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [lock] = await sql<{ until: Date }>`
    SELECT u.locked_until AS until FROM challenges c JOIN users u ON u.id = c.user_id
    WHERE c.token_hash = ANY(${hashes}::bytea[]) AND u.locked_until > app_now()`;
  return lock?.until.toISOString() ?? null;
}
