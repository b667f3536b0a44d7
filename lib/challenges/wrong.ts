import { alert } from "#lib/alert";
import { record } from "#lib/audit/record";
import type { Authenticator, Guess, Purpose } from "#lib/challenges/port";
import { type Sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { NoticeTemplate } from "#lib/delivery/wording/notices";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { ALL, putBrakeOn } from "#lib/limits/brakes";
import { accountsFailing, BRAKE, GUESSES_PER_CHALLENGE, HARD_CAP, SOFT_LOCK } from "#lib/limits/policy";
import { takeLimits } from "#lib/limits/take";
import type { Method } from "#lib/methods";
import type { Requester } from "#lib/requester";

/**
 * Records a wrong answer in one transaction: its events, its notices (NT-01), and the brake if the second factors of too many accounts
 * fail. Exactly one guess reaches each threshold of a counter, so each notice is queued once.
 */
export async function wrong(
  { afterPassword, onLocked }: Purpose,
  { disabledNotice }: Pick<Authenticator, "disabledNotice">,
  guess: Guess,
  method: Method | null,
  requester: Requester,
): Promise<Refused> {
  const { ip, userAgent } = requester;
  const attemptsLeft = GUESSES_PER_CHALLENGE - guess.attempts;
  const about = { userId: guess.userId, challengeId: guess.challengeId, method, ip, userAgent };
  const braked = await transaction(async (tx) => {
    await record(tx, { event: "challenge.code_wrong", ...about });
    if (attemptsLeft === 0) {
      await record(tx, { event: "challenge.exhausted", ...about });
      if (afterPassword) await tellFailed(tx, guess);
    }
    if (guess.failures !== null && guess.failures % SOFT_LOCK.failures === 0) {
      await record(tx, { event: "account.locked", ...about });
      await tell(tx, guess, "notice.locked");
      await onLocked?.(tx, guess, requester);
    }
    if (guess.authenticatorFailures === HARD_CAP) {
      await record(tx, { event: "factor.disabled", ...about });
      if (disabledNotice) await tell(tx, guess, disabledNotice);
    }
    // Only counted failures set the brake, because recovery codes of 80 bits cannot be guessed.
    const counted = guess.failures !== null && guess.deviceId === null;
    return afterPassword && counted && guess.userId ? countFailingAccount(tx, guess.userId) : false;
  });
  if (braked) alert("second_factor.braked", { count: accountsFailing(env()).windows[0]?.max ?? 0 }, "second factors fail across accounts");
  return { code: "code_wrong", attemptsLeft };
}

async function tell(tx: Sql, { userId, locale }: Guess, template: NoticeTemplate): Promise<void> {
  if (userId) await queueNotice(tx, { userId: userId, template, locale });
}

/** The notice of a sign-in that ended before its second factor: it names what was right. */
export const unfinishedNotice = (federatedBy: string | null): NoticeTemplate =>
  federatedBy === null ? "notice.second_factor_failed" : "notice.second_factor_failed_federated";

/** Notifies of a right password without a right code, once per challenge: here, or when the challenge has ended (`tellUnfinished`). */
async function tellFailed(tx: Sql, guess: Guess): Promise<void> {
  const first = await tx`
    UPDATE challenges SET told_at = app_now() WHERE id = ${guess.challengeId}::uuid AND told_at IS NULL RETURNING id`;
  if (first.length > 0) await tell(tx, guess, unfinishedNotice(guess.federatedBy));
}

/**
 * Counts an account once in ten minutes; true when that set the brake. Failures on known devices are skipped, because most are typing errors of their
 * owners.
 */
async function countFailingAccount(tx: Sql, userId: string): Promise<boolean> {
  const policy = accountsFailing(env());
  const counted = await tx`
    SELECT 1 FROM limit_hits WHERE owner = ${userId}::uuid AND policy = ${policy.name}
      AND at > app_now() - make_interval(secs => ${policy.windows[0]?.seconds ?? 0}::int) LIMIT 1`;
  if (counted.length > 0) return false;
  const full = await takeLimits(tx, [{ policy, subject: ALL, owner: userId }]);
  return full !== null && putBrakeOn(tx, "second_factor", ALL, BRAKE.secondFactor);
}
