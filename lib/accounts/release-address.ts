import { record } from "#lib/audit/record";
import { loadChallenge } from "#lib/challenges/read";
import { refusalOf } from "#lib/challenges/send";
import { transactionOn } from "#lib/db/in-line";
import { rollback, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { RELEASE_SECONDS } from "#lib/limits/policy";
import { house } from "#lib/purposes/house";
import { awaitsFactor } from "#lib/purposes/reset-password";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";

/** An address that its account gives up, for a person who reads its mailbox and has lost the password and every factor. */

/** Until when the release of a reset's address can be cancelled; null where none was requested. */
export type Release = { dueAt: Date | null };

/** The release of the account of a reset whose mailed code was proven; null for any other challenge. */
export async function releaseOf(token: string): Promise<Release | null> {
  const row = await loadChallenge(house, token);
  if (!row?.userId || refusalOf(row) !== null || !awaitsFactor(row)) return null;
  const [open] = await sql<{ dueAt: Date }>`SELECT due_at FROM address_releases WHERE user_id = ${row.userId}::uuid`;
  return { dueAt: open?.dueAt ?? null };
}

/**
 * Asks that an account gives up its address in thirty days, in a reset whose mailed code was proven; asked again it answers the same moment.
 * Every address and phone of the account is notified at once and again later, and any sign-in or a stop code cancels it.
 */
export async function requestRelease(
  token: string,
  { drawnFor }: { drawnFor?: string },
  requester: Requester,
): Promise<Result<{ dueAt: Date }, Refused>> {
  const row = await loadChallenge(house, token);
  const refusal = refusalOf(row, drawnFor);
  if (!row || refusal) return fail(refusal ?? { code: "challenge_missing" });
  if (!row.userId || !awaitsFactor(row)) return fail({ code: "challenge_missing" });
  const { id: challengeId, userId, step } = row;
  return transactionOn(token, async (tx): Promise<Result<{ dueAt: Date }, Refused>> => {
    const still = await tx`
      SELECT 1 FROM challenges WHERE id = ${challengeId}::uuid AND step = ${step}::int AND coalesce(consumed_at, voided_at) IS NULL AND expires_at > app_now() FOR UPDATE`;
    const [account] = await tx<{ locale: string }>`
      SELECT u.locale FROM users u JOIN challenges c ON c.user_id = u.id
      WHERE u.id = ${userId}::uuid AND c.id = ${challengeId}::uuid AND u.epoch = c.epoch AND u.disabled_at IS NULL FOR NO KEY UPDATE OF u`;
    if (still.length === 0 || !account) return rollback(fail<Refused>({ code: "challenge_missing" }));
    const [begun] = await tx<{ dueAt: Date }>`
      INSERT INTO address_releases (user_id, due_at) VALUES (${userId}::uuid, app_now() + make_interval(secs => ${RELEASE_SECONDS}::int))
      ON CONFLICT DO NOTHING RETURNING due_at`;
    if (begun) {
      await record(tx, { event: "address.release_requested", userId, challengeId, ...requester });
      await queueNotice(tx, { userId, template: "notice.address_release", locale: account.locale });
      return ok({ dueAt: begun.dueAt });
    }
    const [open] = await tx<{ dueAt: Date }>`SELECT due_at FROM address_releases WHERE user_id = ${userId}::uuid`;
    return open ? ok({ dueAt: open.dueAt }) : rollback(fail<Refused>({ code: "challenge_missing" }));
  });
}

/** Seconds after the request at which its account is notified again: seven, twenty-one and twenty-nine days. */
const REMINDERS = [7, 21, 29].map((days) => days * 86_400);

/** Sends one reminder and closes one account that is due; true when nothing is left to do. */
export async function releaseDue(): Promise<boolean> {
  const [told, closed] = [await remindNext(), await closeNext()];
  return !told && !closed;
}

async function remindNext(): Promise<boolean> {
  return transaction(async (tx) => {
    // Several overdue reminders are sent as one; the row counts those that were sent.
    const [near] = await tx<{ userId: string; locale: string }>`
      WITH due AS (
        SELECT r.user_id, p.passed FROM address_releases r
          CROSS JOIN LATERAL (SELECT count(*)::smallint AS passed FROM unnest(${REMINDERS}::int[]) d WHERE r.requested_at <= app_now() - make_interval(secs => d)) p
        WHERE r.due_at > app_now() AND r.told < p.passed LIMIT 1 FOR UPDATE OF r SKIP LOCKED)
      UPDATE address_releases SET told = due.passed FROM due, users u
      WHERE address_releases.user_id = due.user_id AND u.id = due.user_id AND address_releases.told < due.passed RETURNING u.id AS user_id, u.locale`;
    if (near) await queueNotice(tx, { userId: near.userId, template: "notice.address_release", locale: near.locale });
    return near !== undefined;
  });
}

/**
 * Closes one account for good: its sessions end, its address is free for another account, and nothing of it is that account's. An account that is
 * suspended or restricted waits, because its owner cannot sign in to cancel it; one with a role waits until the role is taken away.
 */
async function closeNext(): Promise<boolean> {
  const [due] = await sql<{ userId: string }>`
    SELECT r.user_id FROM address_releases r JOIN users u ON u.id = r.user_id
    WHERE r.due_at <= app_now() AND u.disabled_at IS NULL AND u.roles = '{}' AND (u.restricted_until IS NULL OR u.restricted_until <= app_now()) ORDER BY r.due_at LIMIT 1`;
  if (!due) return false;
  const { userId } = due;
  await transaction(async (tx) => {
    // Locks the account, so that a sign-in at this moment is before it and cancels, or after it and finds it closed.
    await endAllSessions(tx, userId);
    // Judged again with the account locked: it may have been restricted, suspended or given a role since it was found.
    const taken = await tx`
      DELETE FROM address_releases r USING users u
      WHERE r.user_id = ${userId}::uuid AND u.id = r.user_id AND r.due_at <= app_now() AND u.disabled_at IS NULL AND u.roles = '{}'
        AND (u.restricted_until IS NULL OR u.restricted_until <= app_now()) RETURNING r.user_id`;
    if (taken.length === 0) return rollback(null);
    await tx`DELETE FROM reset_codes WHERE user_id = ${userId}::uuid`;
    await tx`DELETE FROM recovery_addresses WHERE user_id = ${userId}::uuid`;
    await tx`
      UPDATE users SET closed_at = app_now(), disabled_at = app_now(), email = 'closed/' || id, email_refused_at = NULL
      WHERE id = ${userId}::uuid`;
    return record(tx, { event: "address.released", userId, ip: "", userAgent: "" });
  });
  return true;
}
