import { record } from "#lib/audit/record";
import { RECOVERY_MAIL_KIND } from "#lib/authenticators/recovery-mails/authenticator";
import type { Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { FREEZE_SECONDS } from "#lib/limits/policy";
import type { EndState } from "#lib/recovery/case";
import { type Author, type CaseRow, lockCase, noteStep } from "#lib/recovery/rows";
import type { Requester } from "#lib/requester";

/** How a case ends without a new factor, and how it is stopped for a while. */

/** Takes the mailed code and its way away from an account. */
export async function closeRecoveryMail(tx: Sql, { id, userId, bindingId }: Pick<CaseRow, "id" | "userId" | "bindingId">): Promise<void> {
  await tx`DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${RECOVERY_MAIL_KIND}`;
  await tx`UPDATE notice_codes SET used_at = app_now() WHERE case_id = ${id}::uuid AND kind = 'recovery' AND used_at IS NULL`;
  await tx`UPDATE challenges SET voided_at = app_now() WHERE id = ${bindingId}::uuid AND consumed_at IS NULL AND voided_at IS NULL`;
}

const templates = {
  rejected: "notice.case_rejected",
  cancelled: "notice.case_cancelled",
  expired: "notice.case_expired",
} as const;

/** Ends a locked case without effect: the account is what it was before, with the restriction that it had besides. */
export async function endCase(
  tx: Sql,
  row: CaseRow,
  state: Exclude<EndState, "done">,
  { author, reason, requester }: { author?: Author; reason?: string; requester?: Requester } = {},
): Promise<void> {
  const { id, userId, locale, reference } = row;
  await closeRecoveryMail(tx, row);
  await tx`
    WITH ended AS (
      UPDATE recovery_cases SET state = ${state}, ended_at = app_now() WHERE id = ${id}::uuid RETURNING restriction_after)
    UPDATE users SET restricted_until = (SELECT CASE WHEN restriction_after > app_now() THEN restriction_after END FROM ended) WHERE id = ${userId}::uuid`;
  await noteStep(tx, id, { act: state, author: author ?? null, reason: reason ?? null });
  const { ip = "", userAgent = "" } = requester ?? {};
  await record(tx, { event: `case.${state}`, userId, method: [reference, author?.by].filter(Boolean).join(" "), ip, userAgent });
  await queueNotice(tx, { userId, template: templates[state], locale, case: row });
}

/** Cancels the open case of an account, if there is one: the stop code of a mail, or a session of a factor that is not the phone. */
export async function cancelOpenCase(tx: Sql, userId: string, requester: Requester): Promise<boolean> {
  const row = await lockCase(tx, { userId });
  if (row) await endCase(tx, row, "cancelled", { requester });
  return row !== null;
}

/** What freezes a case: the stop code of a text, whose phone may be the stolen one, or a session that may have been opened with that phone. */
type Freezer = "text" | "session";

const freezes = {
  text: { step: "frozen", event: "case.frozen", notice: "notice.case_frozen_by_text" },
  session: { step: "frozen_by_session", event: "case.frozen_by_session", notice: "notice.case_frozen" },
} as const;

/**
 * Freezes the open case of an account until staff resume or cancel it, and tells its owner how that was done. The restriction of the stop outlasts the
 * case. Returns false where no case is open.
 */
export async function freezeOpenCase(tx: Sql, userId: string, by: Freezer, requester: Requester): Promise<boolean> {
  const row = await lockCase(tx, { userId });
  if (!row) return false;
  const { step, event, notice } = freezes[by];
  await tx`
    UPDATE recovery_cases SET restriction_after = greatest(restriction_after, app_now() + make_interval(secs => ${FREEZE_SECONDS}::int)) WHERE id = ${row.id}::uuid`;
  if (row.state === "frozen") return true;
  await closeRecoveryMail(tx, row);
  await tx`UPDATE recovery_cases SET state = 'frozen', frozen_from = state, frozen_at = app_now() WHERE id = ${row.id}::uuid`;
  await noteStep(tx, row.id, { act: step });
  await record(tx, { event, userId, method: row.reference, ip: requester.ip, userAgent: requester.userAgent });
  await queueNotice(tx, { userId, template: notice, locale: row.locale, case: row });
  return true;
}
