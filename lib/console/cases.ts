import { reasonOf } from "#lib/console/reason";
import { type Sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import type { ReviewCheck } from "#lib/recovery/case";
import { approveCase, cancelCase, rejectCase, resumeCase, reviewCase } from "#lib/recovery/decide";
import { type Author, accountOfCase, lockCase } from "#lib/recovery/rows";
import { fail, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** The decisions of staff on lost-phone cases, from the console and from the command line: the same steps, the same guards. */

export const caseActs = ["review", "approve", "reject", "cancel", "resume"] as const;
export type CaseAct = (typeof caseActs)[number];

/** A decision: why, and of a review what was checked. */
export type Decision = { reason: string; checks?: readonly ReviewCheck[] };

async function decide(
  tx: Sql,
  reference: string,
  act: CaseAct,
  author: Author,
  { reason, checks = [] }: Decision,
): Promise<Result<null, Refused>> {
  const row = await lockCase(tx, { reference });
  if (!row) return fail({ code: "not_found" });
  const step = { author, reason };
  if (act === "review") return reviewCase(tx, row, { ...step, checks });
  return { approve: approveCase, reject: rejectCase, cancel: cancelCase, resume: resumeCase }[act](tx, row, step);
}

/**
 * Decides on a case as a member of staff. Refusals: a reason that is none, those of `requireStaff`, `not_found`, and `not_allowed` with why: the state
 * of the case, its proofs, or the four eyes.
 */
export async function decideCase(acting: Acting, reference: string, act: CaseAct, decision: Decision): Promise<Result<null, Refused>> {
  const reason = reasonOf(decision.reason);
  if (!reason.ok) return reason;
  const userId = await accountOfCase(reference);
  return actAsStaff(acting, { act: `cases.${act}`, userId, reason: reason.value }, (tx, { subject, by }) =>
    decide(tx, reference, act, { subject, by }, { ...decision, reason: reason.value }),
  );
}

/** Decides on a case at the command line, for the day on which the console cannot be reached; a review needs a member of staff. */
export const decideByCommand = (
  reference: string,
  act: Exclude<CaseAct, "review">,
  by: string,
  reason: string,
): Promise<Result<null, Refused>> => transaction((tx) => decide(tx, reference, act, { subject: null, by }, { reason }), { patient: true });
