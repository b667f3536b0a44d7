import { record } from "#lib/audit/record";
import { openNumber } from "#lib/crypto/number-seal";
import { SealError } from "#lib/crypto/seal";
import { rollback, type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { forgetDemoMessages } from "#lib/demo/inbox";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { DELETION_SECONDS } from "#lib/limits/policy";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";
import { endGrantsOf, isLastAdministrator } from "#lib/staff/people";

type Person = Acting & { locale: string };

/**
 * Asks for the deletion of an account, which happens after thirty days unless it is taken back; asked again it answers the same moment. It takes a
 * step-up of its own class (SU-03). Refusals besides those of step-up: `last_administrator`.
 */
export async function requestDeletion(person: Person, requester: Requester): Promise<Result<{ deleteAt: Date }, Refused>> {
  const { userId, sessionId, locale } = person;
  return transaction(async (tx): Promise<Result<{ deleteAt: Date }, Refused>> => {
    const last = await isLastAdministrator(tx, userId);
    const allowed = await requireStepUp(tx, person, "delete_account");
    if (!allowed.ok) return allowed;
    if (last) return fail({ code: "last_administrator" });
    const [row] = await tx<{ deleteAt: Date; fresh: boolean }>`
      UPDATE users u SET delete_at = coalesce(u.delete_at, app_now() + make_interval(secs => ${DELETION_SECONDS}::int))
      FROM (SELECT delete_at IS NULL AS fresh FROM users WHERE id = ${userId}::uuid) before WHERE u.id = ${userId}::uuid RETURNING u.delete_at, before.fresh`;
    if (!row) throw new Error("an account that acts does not exist");
    if (row.fresh) {
      await record(tx, { event: "deletion.requested", userId, sessionId, ...requester });
      await queueNotice(tx, { userId, template: "notice.deletion_requested", locale });
    }
    return ok({ deleteAt: row.deleteAt });
  });
}

/** Takes the deletion of an account back; idempotent. */
export async function cancelDeletion(person: Person, requester: Requester): Promise<Result<null, Refused>> {
  const { userId, sessionId, locale } = person;
  return transaction(async (tx): Promise<Result<null, Refused>> => {
    const allowed = await requireStepUp(tx, person, "delete_account");
    if (!allowed.ok) return allowed;
    const kept = await tx`UPDATE users SET delete_at = NULL WHERE id = ${userId}::uuid AND delete_at IS NOT NULL RETURNING id`;
    if (kept.length > 0) {
      await record(tx, { event: "deletion.cancelled", userId, sessionId, ...requester });
      await queueNotice(tx, { userId, template: "notice.deletion_cancelled", locale });
    }
    return ok(null);
  });
}

/** When an account is to be deleted, or null. */
export async function deletionOf(userId: string): Promise<Date | null> {
  const [row] = await sql<{ deleteAt: Date | null }>`SELECT delete_at FROM users WHERE id = ${userId}::uuid`;
  return row?.deleteAt ?? null;
}

/** Seconds before the deletion at which the owner gets a reminder. */
const REMINDERS = [7 * 86_400, 86_400];

/**
 * Sends one reminder and deletes one account that is due; true when nothing is left to do. A restricted account waits:
 * its owner could not take the deletion back.
 */
export async function deleteDue(): Promise<boolean> {
  const [told, gone] = [await remindNext(), await deleteNext()];
  return !told && !gone;
}

type Due = { id: string; email: string };

async function deleteNext(): Promise<boolean> {
  const [due] = await sql<Due>`
    SELECT id, email FROM users WHERE delete_at <= app_now() AND (restricted_until IS NULL OR restricted_until <= app_now())
    ORDER BY delete_at LIMIT 1`;
  if (!due) return false;
  await transaction(async (tx) => {
    // Locks challenges before the account, as every transaction does, so that a verification in its last step ends first. Challenges of the address
    // name the person too.
    await tx`
      DELETE FROM challenges WHERE id = ANY(ARRAY(
        SELECT id FROM challenges WHERE user_id = ${due.id}::uuid UNION SELECT id FROM challenges WHERE about_id = ${due.id}::uuid
        UNION SELECT id FROM challenges WHERE email = ${due.email}))`;
    const still = await tx`
      SELECT 1 FROM users WHERE id = ${due.id}::uuid AND delete_at <= app_now() AND (restricted_until IS NULL OR restricted_until <= app_now()) FOR UPDATE`;
    // Taken back, or deleted by another worker, since it was found.
    if (still.length === 0) return rollback(null);
    if (env().demo) await forgetDemoMessages(tx, await reachedAt(tx, due));
    await tx`DELETE FROM limit_hits WHERE owner = ${due.id}::uuid`;
    // An invitation names the address alone.
    await tx`DELETE FROM staff_invites WHERE email = ${due.email}`;
    await endGrantsOf(tx, due.id);
    // Before the row is gone: the log keeps its pseudonym, which no row resolves afterwards.
    await record(tx, { event: "account.deleted", userId: due.id, ip: "", userAgent: "" });
    return tx`DELETE FROM users WHERE id = ${due.id}::uuid`;
  });
  return true;
}

/**
 * Returns every address and number that an account was written to, without numbers that cannot be opened; the demo inbox deletes their messages
 * when they expire.
 */
async function reachedAt(tx: Sql, { id, email }: Due): Promise<string[]> {
  const rows = await tx<{ phoneId: string | null; told: string }>`
    SELECT NULL AS phone_id, email AS told FROM recovery_addresses WHERE user_id = ${id}::uuid
    UNION SELECT NULL, recipient FROM messages WHERE user_id = ${id}::uuid AND recipient IS NOT NULL
    UNION SELECT id::text, number_sealed FROM account_phones WHERE user_id = ${id}::uuid
    UNION SELECT authenticator_id::text, number_sealed FROM messages WHERE user_id = ${id}::uuid AND number_sealed IS NOT NULL
    UNION SELECT removed->>'id', removed_sealed FROM changes WHERE user_id = ${id}::uuid AND removed_sealed IS NOT NULL`;
  return [
    email,
    ...rows.flatMap(({ phoneId, told }) => {
      if (phoneId === null) return [told];
      try {
        return [openNumber(phoneId, id, told)];
      } catch (error) {
        if (error instanceof SealError) return [];
        throw error;
      }
    }),
  ];
}

/** Queues the reminder of one deletion that is near; false when none is due. Several overdue reminders are one mail. */
async function remindNext(): Promise<boolean> {
  return transaction(async (tx) => {
    // One worker at a time: the next statement sees what the one before has queued.
    const [line] = await tx<{ mine: boolean }>`SELECT pg_try_advisory_xact_lock(hashtextextended('deletion/reminders', 0)) AS mine`;
    if (!line?.mine) return false;
    const [near] = await tx<{ id: string; locale: string }>`
      SELECT u.id, u.locale FROM users u
      WHERE u.delete_at > app_now() AND u.delete_at <= app_now() + make_interval(secs => ${REMINDERS[0]}::int)
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.user_id = u.id AND m.template = 'notice.deletion_soon' AND m.created_at >= u.delete_at
          - make_interval(secs => (SELECT min(r) FROM unnest(${REMINDERS}::int[]) r WHERE u.delete_at <= app_now() + make_interval(secs => r))))
      LIMIT 1`;
    if (near) await queueNotice(tx, { userId: near.id, template: "notice.deletion_soon", locale: near.locale });
    return near !== undefined;
  });
}
