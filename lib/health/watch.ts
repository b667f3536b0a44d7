import { type Sql, sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { type Condition, type ConditionKind, judge } from "#lib/health/judge";
import { keepMeasured, measure } from "#lib/health/measure";
import { holdYenBudgets } from "#lib/health/yen-budgets";

/** Keeps the conditions of the moment, and decides what operators are told: once when a kind begins, once an hour while it lasts, once at its end. */

/** What is told of a kind. */
export type Phase = "begin" | "over";

/** The channels that alerts are sent by. */
const ways = (): ("webhook" | "mail")[] => [
  ...(env().ALERT_WEBHOOK_URL ? (["webhook"] as const) : []),
  ...(env().ALERT_MAIL_TO ? (["mail"] as const) : []),
];

const queue = async (tx: Sql, kind: string, phase: Phase): Promise<void> => {
  for (const way of ways())
    await tx`SELECT graphile_worker.add_job('tell_condition', json_build_object('kind', ${kind}::text, 'phase', ${phase}::text, 'way', ${way}::text))`;
};

/** Writes the conditions of now: those that go on keep their beginning, those that are over get an end. */
export async function keepConditions(found: readonly Condition[]): Promise<{ kind: string; phase: Phase }[]> {
  return transaction(async (tx) => {
    // Every worker measures; one writes, and the others find it written.
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('conditions', 0))`;
    for (const { kind, subject, facts } of found)
      await tx`
        INSERT INTO conditions (kind, subject, facts) VALUES (${kind}, ${subject}, ${JSON.stringify(facts)}::jsonb)
        ON CONFLICT (kind, subject) DO UPDATE SET seen_at = app_now(), facts = EXCLUDED.facts, ended_at = NULL,
          since = CASE WHEN conditions.ended_at IS NULL THEN conditions.since ELSE app_now() END`;
    const now = found.map(({ kind, subject }) => `${kind} ${subject}`);
    await tx`UPDATE conditions SET ended_at = app_now() WHERE ended_at IS NULL AND NOT kind || ' ' || subject = ANY(${now}::text[])`;
    await tx`DELETE FROM conditions WHERE ended_at < app_now() - interval '30 days'`;
    // A worker that waited for the lock has an earlier now than the one that wrote; a clock that was set back by more still counts as an hour over.
    const begun = await tx<{ kind: string }>`
      INSERT INTO condition_notices (kind, told_at, owes_end) SELECT DISTINCT kind, app_now(), true FROM conditions WHERE ended_at IS NULL
      ON CONFLICT (kind) DO UPDATE SET told_at = app_now(), owes_end = true
        WHERE condition_notices.told_at NOT BETWEEN app_now() - interval '1 hour' AND app_now() + interval '1 minute' RETURNING kind`;
    const over = await tx<{ kind: string }>`
      UPDATE condition_notices n SET owes_end = false
      WHERE owes_end AND NOT EXISTS (SELECT 1 FROM conditions c WHERE c.kind = n.kind AND c.ended_at IS NULL) RETURNING kind`;
    const told = [
      ...begun.map(({ kind }) => ({ kind, phase: "begin" as const })),
      ...over.map(({ kind }) => ({ kind, phase: "over" as const })),
    ];
    for (const { kind, phase } of told) await queue(tx, kind, phase);
    return told;
  });
}

/** The job of every minute: measures, judges, writes, and queues what is to be told. */
export const watchHealth = async (): Promise<void> => {
  await holdYenBudgets();
  const measured = await measure();
  await keepMeasured(measured);
  await keepConditions(judge(measured));
};

/** One condition for a page or an alert; times are ISO 8601. */
export type ConditionLine = Condition & { since: string; endedAt: string | null };

/** The conditions of now, and those that ended within the last day, the newest first; of one kind or all. */
export const listConditions = (kind: ConditionKind | null = null): Promise<ConditionLine[]> => sql<ConditionLine>`
  SELECT kind, subject, facts, to_json(since)#>>'{}' AS since, to_json(ended_at)#>>'{}' AS ended_at FROM conditions
  WHERE kind = coalesce(${kind}, kind) AND (ended_at IS NULL OR ended_at > app_now() - interval '1 day')
  ORDER BY ended_at IS NOT NULL, since DESC LIMIT 200`;
