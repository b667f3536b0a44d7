import { removePhone } from "#lib/authenticators/phones/removed-phone";
import { numberHashes } from "#lib/crypto/number-seal";
import type { Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { TAKEOVER_SECONDS, UNUSED_NUMBER_SECONDS } from "#lib/limits/policy";
import { naming } from "#lib/limits/subject";
import { endSessionsOfFactor, raiseEpoch } from "#lib/sessions/end-session";

/** A number that its present holder proved, and that an account which no longer uses it gives up after a wait (PSTN-10). */

/** The result of a proof of a number: bound, held by another account, or handed over later. */
export type Claim = { kind: "bound" } | { kind: "taken" } | { kind: "later"; at: Date };

type Holder = { phoneId: string; userId: string; locale: string; idle: boolean; lastUsed: Date };
type Open = { id: string; toUserId: string; createdAt: Date; dueAt: Date; due: boolean; fromUserId: string };

/**
 * Decides about a number that is held elsewhere and was just proven here: taken, handed over now because the wait is over, or handed over later.
 * Only a holder that has not used it for 180 days, whose texts fail for good, or whose number was reported as recycled loses it, after 72 hours
 * in which the holder can stop that or use the number; once per number in 180 days. The answer reveals nothing about the holder.
 */
export async function takeOver(tx: Sql, userId: string, e164: string): Promise<Exclude<Claim, { kind: "bound" }> | "now"> {
  const hashes = numberHashes(e164);
  // A take-over outlives keys that are removed meanwhile, so its number is named by the durable key; earlier versions wrote the index of a phone.
  const name = (await naming())("takeover", e164);
  const names = [name, ...hashes];
  // An abandoned take-over does not block a later one.
  await tx`
    UPDATE takeovers SET stopped_at = app_now() WHERE number_hash = ANY(${names}::bytea[]) AND stopped_at IS NULL AND done_at IS NULL
      AND created_at <= app_now() - make_interval(secs => ${UNUSED_NUMBER_SECONDS}::int)`;
  const [open] = await tx<Open>`
    SELECT id, to_user_id, from_user_id, created_at, due_at, due_at <= app_now() AS due FROM takeovers
    WHERE number_hash = ANY(${names}::bytea[]) AND stopped_at IS NULL AND done_at IS NULL FOR UPDATE`;
  const holders = await tx<Holder>`
    SELECT p.id AS phone_id, p.user_id, u.locale, greatest(p.last_used_at, p.verified_at) AS last_used,
      (p.doubted_at IS NOT NULL OR greatest(p.last_used_at, p.verified_at) < app_now() - make_interval(secs => ${UNUSED_NUMBER_SECONDS}::int)) AS idle
    FROM account_phones p JOIN users u ON u.id = p.user_id
    WHERE p.number_hash = ANY(${hashes}::bytea[]) AND p.verified_at IS NOT NULL AND p.user_id <> ${userId}::uuid`;
  if (open) {
    const idle = holders.find((one) => one.userId === open.fromUserId && one.idle && one.lastUsed <= open.createdAt);
    if (!idle) await tx`UPDATE takeovers SET stopped_at = app_now() WHERE id = ${open.id}::uuid`;
    if (!idle || open.toUserId !== userId) return { kind: "taken" };
    if (!open.due) return { kind: "later", at: open.dueAt };
    await tx`UPDATE takeovers SET done_at = app_now() WHERE id = ${open.id}::uuid`;
    // The account before its sessions, as everywhere.
    await raiseEpoch(tx, idle.userId);
    await endSessionsOfFactor(tx, idle.userId, idle.phoneId, null);
    await removePhone(tx, idle.userId, idle.phoneId);
    await queueNotice(tx, { userId: idle.userId, template: "notice.takeover_done", locale: idle.locale });
    return "now";
  }
  const idle = holders.find((one) => one.idle);
  if (!idle) return { kind: "taken" };
  const [begun] = await tx<{ dueAt: Date }>`
    INSERT INTO takeovers (from_user_id, to_user_id, number_hash, due_at)
    SELECT ${idle.userId}::uuid, ${userId}::uuid, ${name}::bytea, app_now() + make_interval(secs => ${TAKEOVER_SECONDS}::int)
    WHERE NOT EXISTS (SELECT 1 FROM takeovers t WHERE t.number_hash = ANY(${names}::bytea[])
      AND t.created_at > app_now() - make_interval(secs => ${UNUSED_NUMBER_SECONDS}::int)) RETURNING due_at`;
  if (!begun) return { kind: "taken" };
  await queueNotice(tx, { userId: idle.userId, template: "notice.takeover", locale: idle.locale });
  return { kind: "later", at: begun.dueAt };
}
