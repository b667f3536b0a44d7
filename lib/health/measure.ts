import { readProgress } from "#lib/audit/watch";
import { sql } from "#lib/db/sql";
import { silentAccounts } from "#lib/delivery/provider-accounts/silent-accounts";
import { env } from "#lib/env";
import { certificateDays } from "#lib/health/certificate";
import { type Delivered, LIMITS, type Measured } from "#lib/health/judge";
import { yenBudgets } from "#lib/health/yen-budgets";
import { budgetsInUse } from "#lib/limits/budgets";
import { naming } from "#lib/limits/subject";
import { widthOf } from "#lib/limits/take";

/** Measures what conditions are judged by. Every statement reads one hour or counters, so that it costs the same however large the tables are. */

const down = () => sql<{ name: string; channel: string; reason: string | null }>`
  SELECT p.name, h.channel::text AS channel, h.reason FROM provider_health h JOIN provider_accounts p ON p.id = h.account_id
  WHERE h.down_until > app_now() AND p.disabled_at IS NULL ORDER BY p.name, h.channel`;

/** The last hour but its latest ten minutes, whose receipts are on their way, and the same hour of the seven days before. */
const delivered = () => sql<Delivered>`
  WITH hours AS (SELECT d, app_now() - make_interval(days => d) AS till FROM generate_series(0, 7) d), ended AS (
    SELECT a.provider AS name, m.channel::text AS channel, h.d = 0 AS now, a.status, extract(epoch FROM a.status_at - m.created_at) AS seconds
    FROM hours h JOIN delivery_attempts a ON a.started_at > h.till - interval '1 hour' AND a.started_at <= h.till - interval '10 minutes'
      JOIN messages m ON m.id = a.message_id AND m.created_at = a.message_at
    WHERE m.channel <> 'EMAIL' AND a.status IN ('sent', 'delivered', 'undelivered', 'failed'))
  SELECT name, channel, count(*) FILTER (WHERE now)::int AS ended, count(*) FILTER (WHERE now AND status = 'delivered')::int AS delivered,
    count(*) FILTER (WHERE NOT now)::int AS usual_ended, count(*) FILTER (WHERE NOT now AND status = 'delivered')::int AS usual_delivered,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE now AND status = 'delivered') AS seconds,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE NOT now AND status = 'delivered') AS usual_seconds
  FROM ended GROUP BY name, channel`;

/** Texts and calls of the last hour beside the most of that hour in the four weeks before. */
const volume = () => sql<{ channel: string; now: number; usual: number }>`
  WITH days AS (SELECT d, app_now() - make_interval(days => d) AS till FROM generate_series(0, 28) d), sent AS (
    SELECT m.channel::text AS channel, h.d, count(*)::int AS n FROM days h JOIN messages m ON m.created_at > h.till - interval '1 hour' AND m.created_at <= h.till
    WHERE m.channel <> 'EMAIL' GROUP BY m.channel, h.d)
  SELECT channel, coalesce(max(n) FILTER (WHERE d = 0), 0) AS now, coalesce(max(n) FILTER (WHERE d > 0), 0) AS usual FROM sent GROUP BY channel`;

/** Countries that got texts within the last hour and none in the four weeks before, once there is such a history. */
const destinations = () => sql<{ country: string; sends: number }>`
  SELECT m.country, count(*)::int AS sends FROM messages m
  WHERE m.created_at > app_now() - interval '1 hour' AND m.channel <> 'EMAIL' AND m.country IS NOT NULL
    AND EXISTS (SELECT 1 FROM messages o WHERE o.created_at < app_now() - interval '7 days' AND o.created_at > app_now() - interval '28 days' AND o.channel <> 'EMAIL')
    AND NOT EXISTS (SELECT 1 FROM messages o WHERE o.country = m.country AND o.created_at <= app_now() - interval '1 hour' AND o.created_at > app_now() - interval '28 days')
  GROUP BY m.country`;

/** Brakes on blocks of numbers that are pumped; their subjects are hashes, so the count alone is told. */
const blocks = () => sql<{ country: string; until: string }>`
  SELECT '' AS country, to_json(max(until))#>>'{}' AS until FROM brakes WHERE name = 'number_block' AND until > app_now() HAVING count(*) > 0`;

async function budgets(): Promise<Measured["budgets"]> {
  const [name, used] = [await naming(), budgetsInUse()];
  const rows = await sql<{ used: number }>`
    SELECT coalesce((SELECT sum(ring_sum(r.totals, floor(extract(epoch FROM app_now()) / u.width)::bigint - r.newest)) FROM limit_rings r
        WHERE r.policy = u.policy AND r.subject = u.subject), 0)::int AS used
    FROM unnest(${used.map(({ ring }) => ring.name)}::text[], ${used.map(({ ring, subject }) => name(`limit/${ring.name}`, subject))}::bytea[],
      ${used.map(({ ring }) => widthOf(ring))}::int[]) WITH ORDINALITY u(policy, subject, width, place) ORDER BY u.place`;
  const sends = used.map(({ ring, of }, index) => ({ name: ring.name, subject: of, used: rows[index]?.used ?? 0, max: ring.max }));
  const yen = (await yenBudgets()).map((one) => ({ name: one.name, subject: one.subject, used: Math.floor(one.spent), max: one.max }));
  return [...sends.filter((one) => one.name !== "sends_per_country" || one.used > 0), ...yen];
}

/** Texts that have waited for a worker, and how long ago one ran the job of every minute, in seconds. */
export const queue = async (): Promise<{ late: number; idle: number }> => {
  const [row] = await sql<{ late: number; idle: number }>`
    SELECT (SELECT count(*)::int FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
        WHERE t.identifier = 'send_message' AND j.attempts < j.max_attempts AND j.run_at < now() - make_interval(secs => ${LIMITS.queueSeconds}::int)) AS late,
      (SELECT coalesce(extract(epoch FROM now() - max(coalesce(last_execution, known_since))), 0)::int FROM graphile_worker._private_known_crontabs) AS idle`;
  return row ?? { late: 0, idle: 0 };
};

/** How long a sign-in's kind of statement takes, in milliseconds: the slowest of three, so that a database that is slow and not down is seen. */
async function databaseMs(): Promise<number> {
  let slowest = 0;
  for (let index = 0; index < 3; index++) {
    const began = performance.now();
    await sql`SELECT 1 FROM challenges WHERE token_hash = ${Buffer.alloc(32)}`;
    slowest = Math.max(slowest, performance.now() - began);
  }
  return slowest;
}

const casesWaiting = async (): Promise<number> => {
  const [row] = await sql<{ cases: number }>`
    SELECT (SELECT count(*)::int FROM recovery_cases WHERE ended_at IS NULL AND proven_at IS NOT NULL AND state IN ('requested', 'reviewed', 'frozen')
        AND requested_at < app_now() - make_interval(hours => ${LIMITS.caseHours}::int)) AS cases`;
  return row?.cases ?? 0;
};

/** Hours since the whole audit log was last found to be what was written; a day where it is not, null before the first round. */
async function auditSilentHours(): Promise<number | null> {
  const progress = await readProgress();
  if (progress === null) return null;
  if (progress === "forged" || progress.broken) return 24;
  return progress.wholeAt === null ? null : (Date.now() - progress.wholeAt) / 3_600_000;
}

/** Days since the key that signs receipts was made. */
const keyDays = async (): Promise<number | null> => {
  const [row] = await sql<{ days: number }>`
    SELECT (extract(epoch FROM app_now() - created_at) / 86400)::float8 AS days FROM signing_keys WHERE private_sealed IS NOT NULL ORDER BY created_at LIMIT 1`;
  return row?.days ?? null;
};

/** Measures everything that conditions are judged by, one statement after the other, because it must never take the pool from people. */
export async function measure(): Promise<Measured> {
  const ms = await databaseMs();
  const { late, idle } = await queue();
  return {
    down: await down(),
    delivered: await delivered(),
    silent: await silentAccounts(),
    volume: await volume(),
    destinations: await destinations(),
    blocks: await blocks(),
    budgets: await budgets(),
    late,
    idle,
    databaseMs: ms,
    cases: await casesWaiting(),
    auditSilentHours: await auditSilentHours(),
    certificateDays: await certificateDays(env().publicOrigin),
    keyDays: await keyDays(),
  };
}

/** Keeps what was measured, for readers that must not measure by themselves. */
export const keepMeasured = (measured: Measured): Promise<unknown> => sql`
  INSERT INTO health_measured (at, measured) VALUES (app_now(), ${JSON.stringify(measured)}::jsonb)
  ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at, measured = EXCLUDED.measured`;

/** What was measured last, and when; null before the first time. */
export async function lastMeasured(): Promise<{ at: Date; measured: Measured } | null> {
  const [row] = await sql<{ at: Date; measured: Measured }>`SELECT at, measured FROM health_measured`;
  return row ?? null;
}
