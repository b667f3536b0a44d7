import { record } from "#lib/audit/record";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused, StaffReason } from "#lib/errors";
import { readSettings } from "#lib/policy/read";
import { type CaseState, type ReviewCheck, waitOfCase } from "#lib/recovery/case";
import { endCase } from "#lib/recovery/end-case";
import { makeReady } from "#lib/recovery/progress";
import { type Author, type CaseRow, noteStep } from "#lib/recovery/rows";
import { fail, ok, type Result } from "#lib/result";
import { hasOtherApprover, isOwnReviewer, isSoleAdministrator, mayApprove } from "#lib/staff/people";

/** What staff decide about a locked case: every decision is one guarded step from one state to the next. */

type Decided = Result<null, Refused>;
const refuse = (reason: StaffReason): Decided => fail({ code: "not_allowed", reason });

/** Why a case cannot be decided on now: it is frozen, or in another state than the act is for. */
const otherState = ({ state }: CaseRow): Decided => refuse(state === "frozen" ? "frozen" : "other_state");

type Step = { author: Author; reason: string };

/** Records the review of one member of staff: what was checked, and why. */
export async function reviewCase(
  tx: Sql,
  row: CaseRow,
  { author, reason, checks }: Step & { checks: readonly ReviewCheck[] },
): Promise<Decided> {
  if (row.state !== "requested") return otherState(row);
  if (row.provenAt === null) return refuse("not_proven");
  await tx`
    UPDATE recovery_cases SET state = 'reviewed', reviewed_by = ${author.subject}::uuid, reviewed_at = app_now() WHERE id = ${row.id}::uuid AND state = 'requested'`;
  await noteStep(tx, row.id, { act: "reviewed", author, reason, checks });
  await record(tx, { event: "case.reviewed", userId: row.userId, method: `${row.reference} ${author.by}`, ip: "", userAgent: "" });
  await queueNotice(tx, { userId: row.userId, template: "notice.case_reviewed", locale: row.locale, case: row });
  return ok(null);
}

/**
 * Who may approve, beyond the role: another person than the reviewer, who is an administrator for three days. Where there is one administrator alone the
 * second person is replaced by the long wait (a documented deviation). A command has no person and needs a review by a member of staff; it counts as the
 * reviewer where no other administrator could have given it.
 */
async function approver(tx: Sql, row: CaseRow, { subject }: Author): Promise<Result<{ alone: boolean }, Refused>> {
  if (subject === null) return ok({ alone: !(await hasOtherApprover(tx, row.reviewedBy)) });
  if (!(await mayApprove(tx, subject))) return fail({ code: "not_allowed", reason: "new_administrator" });
  const reviewer = row.reviewedBy ?? subject;
  if (reviewer !== subject)
    return (await isOwnReviewer(tx, reviewer, subject)) ? fail({ code: "not_allowed", reason: "own_review" }) : ok({ alone: false });
  return (await isSoleAdministrator(tx, subject)) ? ok({ alone: true }) : fail({ code: "not_allowed", reason: "own_review" });
}

/** Approves a reviewed case: its wait begins. */
export async function approveCase(tx: Sql, row: CaseRow, { author, reason }: Step): Promise<Decided> {
  if (row.state !== "reviewed") return otherState(row);
  const judged = await approver(tx, row, author);
  if (!judged.ok) return judged;
  const flags = judged.value.alone ? [...row.flags, "one_administrator"] : row.flags;
  const wait = waitOfCase(flags, (await readSettings(tx)).lostPhoneWait);
  await tx`
    UPDATE recovery_cases SET state = 'waiting', approved_by = ${author.subject}::uuid, approved_at = app_now(), flags = ${flags}::text[],
      wait_seconds = ${wait}::int, ready_at = app_now() + make_interval(secs => ${wait}::int)
    WHERE id = ${row.id}::uuid AND state = 'reviewed'`;
  await noteStep(tx, row.id, { act: "approved", author, reason });
  await record(tx, { event: "case.approved", userId: row.userId, method: `${row.reference} ${author.by}`, ip: "", userAgent: "" });
  await queueNotice(tx, { userId: row.userId, template: "notice.case_approved", locale: row.locale, case: row });
  return ok(null);
}

const isOpen = (state: CaseState) => ["requested", "reviewed", "waiting", "frozen", "ready"].includes(state);

/** Refuses a case for good; the account stays what it was. */
export async function rejectCase(tx: Sql, row: CaseRow, { author, reason }: Step): Promise<Decided> {
  if (!isOpen(row.state)) return otherState(row);
  await endCase(tx, row, "rejected", { author, reason });
  return ok(null);
}

/** Cancels a case, because its person asked for that or did not make it. */
export async function cancelCase(tx: Sql, row: CaseRow, { author, reason }: Step): Promise<Decided> {
  if (!isOpen(row.state)) return otherState(row);
  await endCase(tx, row, "cancelled", { author, reason });
  return ok(null);
}

/** Goes on with a case that a text had frozen; a wait is longer by the time that it was frozen. */
export async function resumeCase(tx: Sql, row: CaseRow, { author, reason }: Step): Promise<Decided> {
  if (row.state !== "frozen" || row.frozenFrom === null) return otherState(row);
  const to = row.frozenFrom === "ready" ? "waiting" : row.frozenFrom;
  const resumed = await tx`
    UPDATE recovery_cases SET state = ${to}, ready_at = ready_at + (app_now() - frozen_at), frozen_from = NULL, frozen_at = NULL,
      expires_at = greatest(expires_at, expires_at + (app_now() - frozen_at))
    WHERE id = ${row.id}::uuid AND state = 'frozen' RETURNING id`;
  if (resumed.length === 0) return rollback(otherState(row));
  await noteStep(tx, row.id, { act: "resumed", author, reason });
  await record(tx, { event: "case.resumed", userId: row.userId, method: `${row.reference} ${author.by}`, ip: "", userAgent: "" });
  await queueNotice(tx, { userId: row.userId, template: "notice.case_resumed", locale: row.locale, case: row });
  if (to === "waiting") await makeReady(tx, { ...row, state: "waiting" });
  return ok(null);
}
