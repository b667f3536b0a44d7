import { record } from "#lib/audit/record";
import { RECOVERY_MAIL_KIND } from "#lib/authenticators/recovery-mails/authenticator";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { LOST_PHONE } from "#lib/limits/policy";
import type { CaseState } from "#lib/recovery/case";
import { endCase } from "#lib/recovery/end-case";
import { type CaseRow, lockCase, noteStep } from "#lib/recovery/rows";

/** What happens to cases by the time alone: waits that are over, codes, reminders, ends. */

/** Mails a code that opens the way to a new factor, to every address that serves recovery; an earlier one stays valid for its day. */
export async function mailRecoveryCode(tx: Sql, row: Pick<CaseRow, "id" | "userId" | "locale" | "reference">): Promise<void> {
  await tx`UPDATE recovery_cases SET mailed_at = app_now() WHERE id = ${row.id}::uuid`;
  await queueNotice(tx, { userId: row.userId, template: "notice.case_ready", locale: row.locale, case: row });
}

/** Opens the way of a case whose wait is over; false where it is not over yet. */
export async function makeReady(tx: Sql, row: CaseRow): Promise<boolean> {
  const ready = await tx`
    UPDATE recovery_cases SET state = 'ready', expires_at = app_now() + make_interval(secs => ${LOST_PHONE.ready}::int)
    WHERE id = ${row.id}::uuid AND state = 'waiting' AND ready_at <= app_now() RETURNING id`;
  if (ready.length === 0) return false;
  await tx`
    INSERT INTO authenticators (user_id, kind, verified_at)
    SELECT ${row.userId}::uuid, ${RECOVERY_MAIL_KIND}, app_now()
    WHERE NOT EXISTS (SELECT 1 FROM authenticators WHERE user_id = ${row.userId}::uuid AND kind = ${RECOVERY_MAIL_KIND})`;
  await noteStep(tx, row.id, { act: "ready" });
  await record(tx, { event: "case.ready", userId: row.userId, method: row.reference, ip: "", userAgent: "" });
  await mailRecoveryCode(tx, row);
  return true;
}

/** The next case that the time moves, with what it does; null where there is none. */
async function nextDue(): Promise<{ reference: string; state: CaseState; over: boolean } | null> {
  const [due] = await sql<{ reference: string; state: CaseState; over: boolean }>`
    SELECT reference, state, expires_at <= app_now() AS over FROM recovery_cases
    WHERE ended_at IS NULL AND ((state = 'waiting' AND ready_at <= app_now()) OR (state <> 'waiting' AND expires_at <= app_now())
      OR (state = 'ready' AND mailed_at <= app_now() - interval '3 days'))
    ORDER BY requested_at LIMIT 1`;
  return due ?? null;
}

/** Moves one case on; true when there is none left. Each case is one transaction, judged again under its lock. */
export async function advanceCase(): Promise<boolean> {
  const due = await nextDue();
  if (!due) return true;
  await transaction(async (tx) => {
    const row = await lockCase(tx, { reference: due.reference });
    if (row?.state !== due.state) return;
    if (row.state === "waiting") await makeReady(tx, row);
    else if (due.over) await endCase(tx, row, "expired");
    else await mailRecoveryCode(tx, row);
  });
  return false;
}

/** Reminds staff once a day of cases that wait for a person. */
export const remindStaff = (): Promise<number> =>
  transaction(async (tx) => {
    const waiting = await tx`
      UPDATE recovery_cases SET reminded_at = app_now()
      WHERE ended_at IS NULL AND proven_at IS NOT NULL AND state IN ('requested', 'reviewed', 'frozen')
        AND greatest(reminded_at, requested_at) <= app_now() - make_interval(secs => ${LOST_PHONE.reminder}::int) RETURNING id`;
    if (waiting.length === 0) return 0;
    const staff = await tx<{ id: string; locale: string }>`
      SELECT id, locale FROM users WHERE roles <> '{}' AND roles && ARRAY['support', 'administrator'] AND disabled_at IS NULL ORDER BY id`;
    for (const { id, locale } of staff) await queueNotice(tx, { userId: id, template: "notice.cases_waiting", locale });
    return waiting.length;
  });
