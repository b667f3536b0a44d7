import { sql } from "#lib/db/sql";

/** How many cases wait for a person, at most a hundred. */
export async function casesWaiting(): Promise<number> {
  const [row] = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM (
      SELECT 1 FROM recovery_cases WHERE state IN ('requested', 'reviewed', 'frozen') AND proven_at IS NOT NULL LIMIT 100) waiting`;
  return row?.n ?? 0;
}
