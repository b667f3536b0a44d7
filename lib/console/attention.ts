import { readProgress } from "#lib/audit/watch";
import { signingKeyOpens } from "#lib/db/signing-keys";
import { sql } from "#lib/db/sql";
import { silentAccounts } from "#lib/delivery/provider-accounts/silent-accounts";
import { listProviderAccounts } from "#lib/delivery/provider-accounts/store";
import { listStops } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { readBudgets } from "#lib/limits/budgets";
import { mayDo } from "#lib/staff/matrix";

/** What needs a person now, in order of urgency. Everything is read from small tables or by an index, so that the overview is quick at any size. */

export type Attention =
  | { is: "audit_broken"; row: string }
  | { is: "audit_unverified"; hours: number }
  | { is: "signing_key" }
  | { is: "reseal_unfinished"; days: number }
  | { is: "provider_down"; name: string; channel: string; until: string }
  | { is: "provider_unusable"; name: string }
  | { is: "receipts_silent"; name: string; sent: number; silent: number }
  | { is: "stopped"; channel: string; country: string | null; provider: string | null; since: string }
  | { is: "budget"; country: string | null; percent: number; spent: number; most: number }
  | { is: "case_frozen" | "case_review" | "case_approval"; reference: string; since: string; flags: number; othersTurn: boolean };

/** The order of urgency: what is wrong with the record of everything, what keeps people out, cases, what somebody decided, what will be. */
const ORDER: readonly Attention["is"][] = [
  ...(["audit_broken", "signing_key", "provider_down", "provider_unusable", "receipts_silent"] as const),
  ...(["case_frozen", "case_approval", "case_review", "stopped", "budget", "audit_unverified", "reseal_unfinished"] as const),
];

/** From which share a budget is told of, in percent. */
const BUDGET_PERCENT = 80;
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
  return [
    ...inUse.flatMap(({ name, down }) => down.map(({ channel, until }) => ({ is: "provider_down", name, channel, until }) as const)),
    ...inUse.filter(({ secrets }) => secrets.includes("unreadable")).map(({ name }) => ({ is: "provider_unusable", name }) as const),
    ...(await silentAccounts()).map(({ name, sent, silent }) => ({ is: "receipts_silent", name, sent, silent }) as const),
  ];
}

const stops = async (): Promise<Attention[]> => (await listStops()).map((stop) => ({ is: "stopped", ...stop }));

async function budgets(): Promise<Attention[]> {
  const all = (await readBudgets()).map((one) => ({ ...one, percent: one.most > 0 ? Math.floor((one.spent * 100) / one.most) : 100 }));
  return all.filter(({ percent }) => percent >= BUDGET_PERCENT).map((one) => ({ is: "budget", ...one }));
}

type CaseRow = {
  reference: string;
  state: "frozen" | "reviewed" | "requested";
  since: string;
  flags: number;
  own: boolean;
  reviewer: boolean;
};

const CASE_KIND = { frozen: "case_frozen", reviewed: "case_approval", requested: "case_review" } as const;
const CASE_ACT = { frozen: "cases.resume", reviewed: "cases.approve", requested: "cases.review" } as const;

async function cases({ userId, roles }: Viewer): Promise<Attention[]> {
  const rows = await sql<CaseRow>`
    SELECT c.reference, c.state, to_json(coalesce(c.frozen_at, c.reviewed_at, c.proven_at))#>>'{}' AS since, cardinality(c.flags) AS flags, c.user_id = ${userId}::uuid AS own,
      coalesce(c.reviewed_by = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid), false) AS reviewer
    FROM recovery_cases c WHERE c.state IN ('requested', 'reviewed', 'frozen') AND c.proven_at IS NOT NULL ORDER BY c.requested_at LIMIT 50`;
  return rows.map(({ state, own, reviewer, ...row }) => ({
    is: CASE_KIND[state],
    ...row,
    othersTurn: own || !mayDo(roles, CASE_ACT[state]) || (state === "reviewed" && reviewer),
  }));
}

/** Reads what needs a person, the most urgent first and the oldest first among equals. */
export async function readAttention(viewer: Viewer): Promise<Attention[]> {
  const all = (await Promise.all([audit(), seals(), providers(), stops(), budgets(), cases(viewer)])).flat();
  return all.sort((a, b) => ORDER.indexOf(a.is) - ORDER.indexOf(b.is));
}
