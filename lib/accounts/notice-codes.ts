import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { authenticators } from "#lib/authenticators/index";
import { restorePhone } from "#lib/authenticators/phones/removed-phone";
import { parseLongCode, parseReference } from "#lib/crypto/codes";
import { verifySecret } from "#lib/crypto/password-hash";
import { rollback, type Sql, sql, transaction } from "#lib/db/sql";
import { isNoticeCode, queueNotice } from "#lib/delivery/messages/queue-notice";
import type { NoticeCodeKind } from "#lib/delivery/wording/notice-codes";
import type { Refused } from "#lib/errors";
import { addressPolicies, FREEZE_SECONDS, policies } from "#lib/limits/policy";
import { takeAddress, takeLimits } from "#lib/limits/take";
import { cancelOpenCase, freezeOpenCase } from "#lib/recovery/end-case";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";

/** What the codes of notices do: stop what is pending, or undo a change. No session is needed, and a right code is never refused. */

type Found = {
  id: string;
  userId: string;
  locale: string;
  passwordHash: string;
  disabled: boolean;
  channel: "EMAIL" | "SMS";
  changeId: string | null;
};

/** Returns the live code of a correctly typed reference, or null; wrong ones are limited by address alone. */
async function findCode(kind: NoticeCodeKind, typed: { reference: string; code: string }): Promise<Found | null> {
  const [reference, code] = [parseReference(typed.reference), parseLongCode(typed.code)];
  if (!reference || !code) return null;
  const rows = await sql<Found & { hash: Buffer }>`
    SELECT n.id, n.user_id, n.channel, n.change_id, n.hash, u.locale, u.password_hash, u.disabled_at IS NOT NULL AS disabled FROM notice_codes n JOIN users u ON u.id = n.user_id
    WHERE n.reference = ${reference} AND n.kind = ${kind} AND n.used_at IS NULL AND n.expires_at > app_now() LIMIT 200`;
  // All notices of one case carry its reference, each with a code of its own.
  return rows.find(({ hash }) => isNoticeCode(hash, kind, reference, code)) ?? null;
}

async function wrongCode({ ip }: Requester): Promise<Refused> {
  const wait = await takeAddress(sql, addressPolicies.noticeCodes, ip);
  if (wait === null) return { code: "code_wrong" };
  await recordRefusal({ event: "notice_code.refused", reason: addressPolicies.noticeCodes.name, ip });
  return { code: "too_many_requests", retryAfter: wait };
}

/** Uses a code once; false when another request was first. */
const use = async (tx: Sql, { id }: Found): Promise<boolean> =>
  (await tx`UPDATE notice_codes SET used_at = app_now() WHERE id = ${id}::uuid AND used_at IS NULL AND expires_at > app_now() RETURNING id`)
    .length === 1;

/** What a stop code did besides ending every session: cancelled what is pending, blocked guarded acts, or froze a lost-phone case as well. */
export type Stopped = "cancelled" | "blocked" | "frozen";

/**
 * Stops an account by the code of a notice, once. From a mail it cancels what is pending and ends every session; from a text it only freezes, since the
 * phone may be the stolen thing: sessions end, and guarded acts stop for 72 hours. A case that it freezes has a notice of its own.
 */
export async function stopAccount(typed: { reference: string; code: string }, requester: Requester): Promise<Result<Stopped, Refused>> {
  const found = await findCode("stop", typed);
  if (!found) return fail(await wrongCode(requester));
  const { userId, channel, locale } = found;
  return transaction(async (tx): Promise<Result<Stopped, Refused>> => {
    await endAllSessions(tx, userId);
    if (!(await use(tx, found))) return rollback(fail<Refused>({ code: "code_wrong" }));
    await record(tx, { event: channel === "EMAIL" ? "account.stopped" : "account.frozen", userId, ...requester });
    const stopped = channel === "EMAIL" ? await cancelPending(tx, userId, requester) : await freeze(tx, userId, requester);
    if (stopped !== "frozen")
      await queueNotice(tx, { userId, template: stopped === "blocked" ? "notice.blocked" : "notice.stopped", locale });
    return ok(stopped);
  });
}

/** Freezes an open lost-phone case, whose restriction has no end yet, or blocks guarded acts for three days. */
async function freeze(tx: Sql, userId: string, requester: Requester): Promise<Stopped> {
  if (await freezeOpenCase(tx, userId, "text", requester)) return "frozen";
  await tx`
    UPDATE users SET restricted_until = greatest(restricted_until, app_now() + make_interval(secs => ${FREEZE_SECONDS}::int)) WHERE id = ${userId}::uuid`;
  return "blocked";
}

/** Cancels the pending changes of an account; its open challenges ended with its sessions. */
async function cancelPending(tx: Sql, userId: string, requester: Requester): Promise<Stopped> {
  await cancelOpenCase(tx, userId, requester);
  await tx`UPDATE users SET delete_at = NULL WHERE id = ${userId}::uuid`;
  await tx`UPDATE takeovers SET stopped_at = app_now() WHERE from_user_id = ${userId}::uuid AND stopped_at IS NULL AND done_at IS NULL`;
  await tx`DELETE FROM address_releases WHERE user_id = ${userId}::uuid`;
  return "cancelled";
}

/**
 * Undoes a change by the code of its mail and the password, once: what it added goes, what it removed comes back, and every session ends. A wrong
 * password leaves the code. It counts on the code alone, so that strangers' wrong passwords for the account cannot hold the owner's undo back.
 */
export async function undoChange(
  typed: { reference: string; code: string; password: string },
  requester: Requester,
): Promise<Result<null, Refused>> {
  const found = await findCode("undo", typed);
  if (!found?.changeId) return fail(await wrongCode(requester));
  const { id, userId, locale, changeId } = found;
  const full = await transaction((tx) => takeLimits(tx, [{ policy: policies.undoPasswords, subject: id }]));
  if (full) {
    await recordRefusal({ event: "notice_code.refused", reason: full.policy, ip: requester.ip, userId });
    return fail({ code: "too_many_requests", retryAfter: full.retryAfter });
  }
  const judged = found.disabled ? null : found.passwordHash;
  if (!(await verifySecret(judged, typed.password, { key: requester.ip }))) return fail({ code: "credentials_wrong" });
  return transaction(async (tx): Promise<Result<null, Refused>> => {
    await endAllSessions(tx, userId);
    if (!(await use(tx, found))) return rollback(fail<Refused>({ code: "code_wrong" }));
    if (!(await revert(tx, userId, changeId, requester))) return rollback(fail<Refused>({ code: "code_wrong" }));
    await record(tx, { event: "change.undone", userId, ...requester });
    await queueNotice(tx, { userId, template: "notice.undone", locale });
    return ok(null);
  });
}

type Kept = {
  addedId: string | null;
  removed: ({ id: string } & Record<string, unknown>) | null;
  removedSealed: string | null;
  oldEmail: string | null;
};

/**
 * Reverts a change with the later changes that rest on it; that of the address cancels an open lost-phone case. False if it was reverted before, if what it removed is another account's now, or if no
 * second factor would remain.
 */
async function revert(tx: Sql, userId: string, changeId: string, requester: Requester): Promise<boolean> {
  const [kept] = await tx<Kept>`
    UPDATE changes SET undone_at = app_now() WHERE id = ${changeId}::uuid AND user_id = ${userId}::uuid AND undone_at IS NULL AND undo_until > app_now()
    RETURNING added_id, removed, removed_sealed, old_email`;
  if (!kept) return false;
  if (!(await putBack(tx, userId, kept))) return false;
  if (kept.addedId && !(await takeOff(tx, userId, kept.addedId))) return false;
  if (kept.oldEmail) {
    const back = await tx`
      UPDATE users SET email = ${kept.oldEmail} WHERE id = ${userId}::uuid AND NOT EXISTS (SELECT 1 FROM users o WHERE o.email = ${kept.oldEmail} AND o.id <> ${userId}::uuid)
      RETURNING id`;
    if (back.length === 0) return false;
    // The undo codes of later addresses end, because those mailboxes may be the attacker's.
    await tx`
      UPDATE changes SET undone_at = app_now() WHERE user_id = ${userId}::uuid AND old_email IS NOT NULL AND undone_at IS NULL
        AND created_at > (SELECT created_at FROM changes WHERE id = ${changeId}::uuid)`;
    // A lost-phone case was proven by the mailbox that goes, and its code may be in it.
    await cancelOpenCase(tx, userId, requester);
  }
  return true;
}

/** Puts back the phone that a change removed; true where it removed none. */
const putBack = async (tx: Sql, userId: string, { removed, removedSealed }: Kept): Promise<boolean> => {
  if (!removed || !removedSealed) return true;
  const { id, ...columns } = removed;
  return restorePhone(tx, userId, { id, columns, sealed: removedSealed });
};

/**
 * Removes the phone that a change added and every phone that replaced it. If no second factor would remain, the phone removed last comes back; false
 * if there is none.
 */
async function takeOff(tx: Sql, userId: string, addedId: string): Promise<boolean> {
  for (let phoneId: string | null = addedId; phoneId; ) {
    await tx`DELETE FROM authenticators WHERE id = ${phoneId}::uuid AND user_id = ${userId}::uuid`;
    const [next]: { addedId: string | null }[] = await tx<{ addedId: string | null }>`
      UPDATE changes SET undone_at = app_now() WHERE user_id = ${userId}::uuid AND removed->>'id' = ${phoneId} AND undone_at IS NULL RETURNING added_id`;
    phoneId = next?.addedId ?? null;
  }
  const kinds = authenticators.filter(({ enrols }) => enrols).map(({ kind }) => kind);
  const left = await tx`
    SELECT 1 FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ANY(${kinds}::text[]) AND verified_at IS NOT NULL LIMIT 1`;
  if (left.length > 0) return true;
  const removed = await tx<Kept & { id: string }>`
    SELECT id, removed, removed_sealed FROM changes
    WHERE user_id = ${userId}::uuid AND removed IS NOT NULL AND undone_at IS NULL AND undo_until > app_now() ORDER BY created_at DESC LIMIT 10`;
  for (const change of removed) {
    if (!(await putBack(tx, userId, change))) continue;
    await tx`UPDATE changes SET undone_at = app_now() WHERE id = ${change.id}::uuid`;
    return true;
  }
  return false;
}
