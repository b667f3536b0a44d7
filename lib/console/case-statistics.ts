import { sql } from "#lib/db/sql";
import type { EndState } from "#lib/recovery/case";

/** Figures about lost-phone cases: how old the open ones are, how those of the last ninety days ended, and how long a recovery took. */

export const STATISTIC_DAYS = 90;

/** How old open cases are, in days. */
export const ages = ["under_1", "under_3", "under_7", "over_7"] as const;
/** How long recoveries took, in days. */
export const durations = ["under_2", "under_4", "under_7", "over_7"] as const;

export type Age = (typeof ages)[number];
export type Duration = (typeof durations)[number];

export type CaseStatistics = {
  open: Record<Age, number>;
  ended: Record<EndState, number>;
  recovered: Record<Duration, number>;
  /** Of the recoveries, in hours; null where there are none. */
  medianHours: number | null;
};

type Open = Record<"under1" | "under3" | "under7" | "over7", number>;
type Ended = { done: number; rejected: number; cancelled: number; expired: number; medianHours: number | null } & Record<
  "under2" | "under4" | "dUnder7" | "dOver7",
  number
>;

/** Counts them; a case counts from its request. */
export async function caseStatistics(): Promise<CaseStatistics> {
  const [open] = await sql<Open>`
      SELECT count(*) FILTER (WHERE age < 1)::int AS under1, count(*) FILTER (WHERE age >= 1 AND age < 3)::int AS under3,
        count(*) FILTER (WHERE age >= 3 AND age < 7)::int AS under7, count(*) FILTER (WHERE age >= 7)::int AS over7
      FROM (SELECT extract(epoch FROM app_now() - requested_at) / 86400 AS age FROM recovery_cases WHERE ended_at IS NULL) open`;
  const [ended] = await sql<Ended>`
      SELECT count(*) FILTER (WHERE state = 'done')::int AS done, count(*) FILTER (WHERE state = 'rejected')::int AS rejected,
        count(*) FILTER (WHERE state = 'cancelled')::int AS cancelled, count(*) FILTER (WHERE state = 'expired')::int AS expired,
        count(*) FILTER (WHERE state = 'done' AND days < 2)::int AS under2, count(*) FILTER (WHERE state = 'done' AND days >= 2 AND days < 4)::int AS under4,
        count(*) FILTER (WHERE state = 'done' AND days >= 4 AND days < 7)::int AS d_under7, count(*) FILTER (WHERE state = 'done' AND days >= 7)::int AS d_over7,
        round((percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE state = 'done') * 24)::numeric)::int AS median_hours
      FROM (SELECT state, extract(epoch FROM ended_at - requested_at) / 86400 AS days FROM recovery_cases
        WHERE ended_at > app_now() - make_interval(days => ${STATISTIC_DAYS}::int)) ended`;
  if (!open || !ended) throw new Error("a count has no row");
  const { done, rejected, cancelled, expired } = ended;
  return {
    open: { under_1: open.under1, under_3: open.under3, under_7: open.under7, over_7: open.over7 },
    ended: { done, rejected, cancelled, expired },
    recovered: { under_2: ended.under2, under_4: ended.under4, under_7: ended.dUnder7, over_7: ended.dOver7 },
    medianHours: ended.medianHours,
  };
}
