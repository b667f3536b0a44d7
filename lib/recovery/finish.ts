import { record } from "#lib/audit/record";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { LOST_PHONE } from "#lib/limits/policy";
import { noteStep } from "#lib/recovery/rows";
import type { Requester } from "#lib/requester";
import { fail } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";

/** The way from the mailed code to the new factor: one challenge belongs to one case, and its proof ends everything that proved the account before. */

/** Binds the challenge that waits for a new factor to the ready case of its account; false where there is none. */
export async function beginBinding(tx: Sql, userId: string, challengeId: string): Promise<boolean> {
  const bound = await tx`
    UPDATE recovery_cases SET binding_id = ${challengeId}::uuid WHERE user_id = ${userId}::uuid AND state = 'ready' RETURNING id`;
  return bound.length === 1;
}

/** The id of the ready case whose new factor a challenge binds, or null. */
export async function bindingCase(tx: Sql, challengeId: string): Promise<string | null> {
  const [row] = await tx<{ id: string }>`SELECT id FROM recovery_cases WHERE binding_id = ${challengeId}::uuid AND state = 'ready'`;
  return row?.id ?? null;
}

type Finish = { caseId: string; userId: string; locale: string; challengeId: string; keepId: string };

/**
 * Ends a case with its new factor, in the transaction that proves it: every other factor, session, known and trusted device and the recovery codes go,
 * and guarded acts stay blocked for a day (LP-03). The numbers that go are told as well. Rolls back where the case was stopped meanwhile.
 */
export async function finishCase(tx: Sql, { caseId, userId, locale, challengeId, keepId }: Finish, requester: Requester): Promise<void> {
  await endAllSessions(tx, userId);
  const [done] = await tx<{ id: string; reference: string }>`
    UPDATE recovery_cases SET state = 'done', ended_at = app_now() WHERE id = ${caseId}::uuid AND state = 'ready' AND binding_id = ${challengeId}::uuid
    RETURNING id, reference`;
  if (!done) return rollback(fail<Refused>({ code: "challenge_expired" }));
  const gone = await tx<{ id: string; country: string; sealed: string }>`
    SELECT id, country, number_sealed AS sealed FROM account_phones
    WHERE user_id = ${userId}::uuid AND id <> ${keepId}::uuid AND verified_at IS NOT NULL AND NOT voice_only`;
  await tx`DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND id <> ${keepId}::uuid`;
  // What was removed before the case must not come back by an undo; an address can.
  await tx`UPDATE changes SET undone_at = app_now() WHERE user_id = ${userId}::uuid AND old_email IS NULL AND undone_at IS NULL`;
  await tx`UPDATE notice_codes SET used_at = app_now() WHERE case_id = ${caseId}::uuid AND kind = 'recovery' AND used_at IS NULL`;
  await tx`
    UPDATE users SET restricted_until = greatest((SELECT restriction_after FROM recovery_cases WHERE id = ${caseId}::uuid),
      app_now() + make_interval(secs => ${LOST_PHONE.restricted}::int)) WHERE id = ${userId}::uuid`;
  await noteStep(tx, caseId, { act: "done" });
  await record(tx, { event: "case.done", userId, challengeId, method: done.reference, ip: requester.ip, userAgent: requester.userAgent });
  await queueNotice(tx, { userId, template: "notice.case_done", locale, case: done, gone });
}
