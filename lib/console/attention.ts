import { readProgress } from "#lib/audit/watch";
import { signingKeyOpens } from "#lib/db/signing-keys";
import { sql } from "#lib/db/sql";
import { listProviderAccounts } from "#lib/delivery/provider-accounts/store";
import { listStops, type Stop } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { type Condition, type ConditionKind, LIMITS } from "#lib/health/judge";
import { queue } from "#lib/health/measure";
import { listConditions } from "#lib/health/watch";
import { mayDo } from "#lib/staff/matrix";

/**
 * What needs a person now, in order of urgency. Everything is read from small tables or by an index, so that the overview is quick at any size; the job
 * of every minute measures what costs more (lib/health).
 */

/** Conditions that are told elsewhere here: cases one by one, the log and the worker as they are at this moment. */
type Measured = Exclude<ConditionKind, "cases_waiting" | "audit_unverified" | "worker_idle">;

export type Attention =
  | { is: Measured; subject: string; facts: Condition["facts"]; since: string }
  | { is: "audit_broken"; row: string }
  | { is: "audit_unverified"; hours: number }
  | { is: "worker_idle"; minutes: number }
  | { is: "signing_key" }
  | { is: "reseal_unfinished"; days: number }
  | { is: "provider_unusable"; name: string }
  | ({ is: "stopped" } & Stop)
  | {
      is: "case_frozen" | "case_frozen_by_session" | "case_review" | "case_approval";
      reference: string;
      since: string;
      flags: number;
      othersTurn: boolean;
    };

/** The order of urgency: the record of everything, what keeps people out, cases, signs of abuse, what was decided, what will be. */
const ORDER: readonly Attention["is"][] = [
  ...(["audit_broken", "signing_key", "worker_idle", "provider_down", "queue_late", "database_slow", "provider_unusable"] as const),
  ...(["delivery_falling", "delivery_slow", "receipts_silent", "case_frozen", "case_frozen_by_session"] as const),
  ...(["case_approval", "case_review"] as const),
  ...(["unusual_volume", "numbers_in_a_row", "new_destination", "stopped", "budget_low", "audit_unverified", "reseal_unfinished"] as const),
];

/** Hours after which the log counts as unverified: a round of the job begins every hour and takes a part of one. */
const AUDIT_HOURS = 2;

/** Who looks: a case that they may not decide is the turn of others. */
export type Viewer = { userId: string; roles: readonly string[] };

async function audit(): Promise<Attention[]> {
  const progress = await readProgress();
  if (progress === "forged") return [{ is: "audit_broken", row: "0" }];
  if (progress === null) return [];
  if (progress.broken) return [{ is: "audit_broken", row: progress.broken.eventId }];
  const hours = Math.floor((Date.now() - (progress.wholeAt ?? progress.beganAt)) / 3_600_000);
  return hours >= AUDIT_HOURS ? [{ is: "audit_unverified", hours }] : [];
}

async function seals(): Promise<Attention[]> {
  const [unfinished] = await sql<{ days: number }>`
    SELECT floor(extract(epoch FROM now() - owner_from) / 86400)::int AS days FROM seal_format WHERE complete_at IS NULL AND owner_from < now() - interval '1 day'`;
  return [
    ...((await signingKeyOpens()) ? [] : [{ is: "signing_key" } as const]),
    ...(unfinished ? [{ is: "reseal_unfinished", days: unfinished.days } as const] : []),
  ];
}

async function providers(): Promise<Attention[]> {
  const inUse = (await listProviderAccounts()).filter((one) => !one.disabled && (env().demo || one.kind !== "demo"));
  return inUse.filter(({ secrets }) => secrets.includes("unreadable")).map(({ name }) => ({ is: "provider_unusable", name }));
}

const stops = async (): Promise<Attention[]> => (await listStops()).map((stop) => ({ is: "stopped", ...stop }));

/** What the job of every minute found; that the job itself does not run is seen here alone. */
async function conditions(): Promise<Attention[]> {
  const [{ idle }, found] = await Promise.all([queue(), listConditions()]);
  const measured = found.flatMap(({ kind, endedAt, ...one }): Attention[] =>
    endedAt !== null || kind === "cases_waiting" || kind === "audit_unverified" || kind === "worker_idle" ? [] : [{ is: kind, ...one }],
  );
  return [...(idle > LIMITS.idleSeconds ? [{ is: "worker_idle", minutes: Math.round(idle / 60) } as const] : []), ...measured];
}

type CaseRow = {
  reference: string;
  state: "frozen" | "reviewed" | "requested";
  since: string;
  flags: number;
  own: boolean;
  reviewer: boolean;
  bySession: boolean;
};

const CASE_KIND = { frozen: "case_frozen", reviewed: "case_approval", requested: "case_review" } as const;
const CASE_ACT = { frozen: "cases.resume", reviewed: "cases.approve", requested: "cases.review" } as const;

async function cases({ userId, roles }: Viewer): Promise<Attention[]> {
  const rows = await sql<CaseRow>`
    SELECT c.reference, c.state, to_json(coalesce(c.frozen_at, c.reviewed_at, c.proven_at))#>>'{}' AS since, cardinality(c.flags) AS flags, c.user_id = ${userId}::uuid AS own,
      (SELECT s.act FROM recovery_case_steps s WHERE s.case_id = c.id ORDER BY s.id DESC LIMIT 1) = 'frozen_by_session' AS by_session,
      coalesce(c.reviewed_by = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid), false) AS reviewer
    FROM recovery_cases c WHERE c.state IN ('requested', 'reviewed', 'frozen') AND c.proven_at IS NOT NULL ORDER BY c.requested_at LIMIT 50`;
  return rows.map(({ state, own, reviewer, bySession, ...row }) => ({
    is: state === "frozen" && bySession ? "case_frozen_by_session" : CASE_KIND[state],
    ...row,
    othersTurn: own || !mayDo(roles, CASE_ACT[state]) || (state === "reviewed" && reviewer),
  }));
}

/** Reads what needs a person, the most urgent first and the oldest first among equals. */
export async function readAttention(viewer: Viewer): Promise<Attention[]> {
  const all = (await Promise.all([audit(), seals(), providers(), stops(), conditions(), cases(viewer)])).flat();
  return all.sort((a, b) => ORDER.indexOf(a.is) - ORDER.indexOf(b.is));
}
