import { record } from "#lib/audit/record";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { DELETION_SECONDS } from "#lib/limits/policy";
import type { Requester } from "#lib/requester";
import { ok, type Result } from "#lib/result";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";

type Person = Acting & { locale: string };

/**
 * Asks for the deletion of an account, which happens after thirty days unless it is taken back; asked again it answers the same moment. It takes a
 * step-up of its own class (SU-03).
 */
export async function requestDeletion(person: Person, requester: Requester): Promise<Result<{ deleteAt: Date }, Refused>> {
  const { userId, sessionId, locale } = person;
  return transaction(async (tx): Promise<Result<{ deleteAt: Date }, Refused>> => {
    const allowed = await requireStepUp(tx, person, "delete_account");
    if (!allowed.ok) return allowed;
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

/** How long before the deletion its owner is told again, in seconds. */
const REMINDERS = [7 * 86_400, 86_400];

/**
 * Tells of deletions that are near, and deletes the accounts whose time has come, one by one; true when none is left. A restricted account waits: its
 * owner cannot take the deletion back before the restriction ends.
 */
export async function deleteDue(): Promise<boolean> {
  const told = await transaction(remind);
  const gone = await transaction(async (tx) => {
    const [due] = await tx<{ id: string }>`
      SELECT id FROM users WHERE delete_at <= app_now() AND coalesce(restricted_until <= app_now(), true) ORDER BY delete_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
    if (!due) return 0;
    // Before the row is gone: the log keeps its pseudonym, which then means nobody.
    await record(tx, { event: "account.deleted", userId: due.id, ip: "", userAgent: "" });
    await tx`DELETE FROM users WHERE id = ${due.id}::uuid`;
    return 1;
  });
  return told + gone === 0;
}

async function remind(tx: Sql): Promise<number> {
  const [near] = await tx<{ id: string; locale: string }>`
    SELECT u.id, u.locale FROM users u
    WHERE u.delete_at > app_now() AND u.delete_at <= app_now() + make_interval(secs => ${REMINDERS[0]}::int)
      AND (SELECT count(*) FROM unnest(${REMINDERS}::int[]) r WHERE u.delete_at <= app_now() + make_interval(secs => r))
        > (SELECT count(*) FROM messages m WHERE m.user_id = u.id AND m.template = 'notice.deletion_soon' AND m.recipient IS NULL AND m.created_at > u.delete_at - interval '8 days')
    LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!near) return 0;
  await queueNotice(tx, { userId: near.id, template: "notice.deletion_soon", locale: near.locale });
  return 1;
}
