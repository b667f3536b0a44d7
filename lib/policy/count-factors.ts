import { sql } from "#lib/db/sql";
import { COUNTED_DAYS, type Counts } from "#lib/policy/factor-counts";
import { LIVED_BY } from "#lib/policy/requirement";

/** Counts how second factors are used and what accounts have, an hour and a page at a time, so that no reader counts a large table. */

const FIRST = "00000000-0000-0000-0000-000000000000";

/**
 * Counts the proofs of the earliest hour that is over and not counted yet; false where there is none, or another run counts it. An hour is over ten
 * minutes after its end, when every transaction of it has ended.
 */
async function countHour(): Promise<boolean> {
  const counted = await sql`
    INSERT INTO factor_counts (what, at, counts)
    SELECT 'uses', h.at, (
      SELECT coalesce(jsonb_object_agg(word, n), '{}') FROM (
        SELECT substring(e.method FROM '\\m(?:sms|tel|otp|hwk|rc)\\M') AS word, count(*) AS n FROM audit_events e
        WHERE e.event IN ('session.opened', 'step_up.proven', 'confirmation.proven', 'reset.factor_proven')
          AND e.at >= h.at AND e.at < h.at + interval '1 hour' GROUP BY 1) proofs WHERE word IS NOT NULL)
    FROM (
      SELECT t AS at FROM generate_series(date_trunc('hour', app_now()) - make_interval(days => ${COUNTED_DAYS}::int),
        date_trunc('hour', app_now() - interval '10 minutes') - interval '1 hour', interval '1 hour') t
      WHERE NOT EXISTS (SELECT FROM factor_counts c WHERE c.what = 'uses' AND c.at = t) ORDER BY t LIMIT 1) h
    ON CONFLICT DO NOTHING RETURNING 1`;
  return counted.length > 0;
}

/** Where the count of accounts goes on: after this account, with what was counted before. */
export type Census = { after?: string; counts?: Counts };

/** Counts one page of accounts by which proven and working factors they have, as in `phone` or `passkey+phone`; null after the last one. */
async function countPage({ after = FIRST, counts = {} }: Census): Promise<{ after: string | null; counts: Counts }> {
  const rows = await sql<{ factors: string; n: number; last: string }>`
    WITH page AS (SELECT id FROM users WHERE id > ${after}::uuid AND closed_at IS NULL ORDER BY id LIMIT 250), held AS (
      SELECT p.id, (SELECT coalesce(string_agg(DISTINCT a.kind, '+' ORDER BY a.kind), 'none') FROM authenticators a
        WHERE a.user_id = p.id AND a.kind = ANY(${LIVED_BY}::text[]) AND a.verified_at IS NOT NULL AND a.disabled_at IS NULL) AS factors FROM page p)
    SELECT factors, count(*)::int AS n, max(id::text) AS last FROM held GROUP BY factors`;
  const sum = { ...counts };
  for (const { factors, n } of rows) sum[factors] = (sum[factors] ?? 0) + n;
  const last = rows.map((row) => row.last).sort();
  return { after: last.at(-1) ?? null, counts: sum };
}

/** Counts what is not counted yet: every hour once, and the accounts once a day. Returns where the next run goes on, or null at the end. */
export async function countFactors(from: Census = {}, over: () => boolean = () => false): Promise<Census | null> {
  while (await countHour()) if (over()) return from;
  const recent =
    await sql`SELECT 1 FROM factor_counts WHERE what = 'accounts' AND at BETWEEN app_now() - interval '23 hours' AND app_now() LIMIT 1`;
  if (recent.length > 0) return null;
  for (let census = from; ; ) {
    const { after, counts } = await countPage(census);
    if (after === null) {
      await sql`INSERT INTO factor_counts (what, at, counts) VALUES ('accounts', app_now(), ${JSON.stringify(counts)}::jsonb) ON CONFLICT DO NOTHING`;
      return null;
    }
    census = { after, counts };
    if (over()) return census;
  }
}
