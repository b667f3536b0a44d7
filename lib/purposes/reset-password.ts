import { record } from "#lib/audit/record";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { barredOf, defaultTarget, isEnrolled, recoveryWays, servingRecovery } from "#lib/authenticators/index";
import { isPhoneStopped } from "#lib/authenticators/phones/first-phone";
import { takeSendLimits } from "#lib/authenticators/phones/send-limits";
import { RESET_CODE_LENGTH, resetCode } from "#lib/authenticators/reset-codes/authenticator";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { OPEN_RACE } from "#lib/challenges/open";
import { type Guess, type House, type Purpose, purposeOf } from "#lib/challenges/port";
import { keepHeld, queueCode } from "#lib/challenges/queue-code";
import { type ChallengeRow, loadChallenge } from "#lib/challenges/read";
import { viewOf } from "#lib/challenges/view";
import { keyedHash, newToken } from "#lib/crypto/hash";
import { rollback, type Sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { RESET } from "#lib/limits/policy";
import { giveBackHits } from "#lib/limits/take";
import { accountOf, clearFailures } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";
import type { Requester } from "#lib/requester";
import { fail, ok } from "#lib/result";

/** The steps: the mailed code, then a second factor where the account has one, then the new password. */
const [MAIL, FACTOR, PASSWORD] = [1, 2, 3];

/** Whether a reset waits for its second factor: its mailed code was proven. */
export const awaitsFactor = ({ purpose, step }: Pick<ChallengeRow, "purpose" | "step">): boolean =>
  purpose === resetPasswordPurpose.name && step === FACTOR;

const gone = (): never => rollback(fail<Refused>({ code: "challenge_expired" }));

/**
 * Leads a proven reset to its next step: the same challenge under a new token, with the attempts and the life it has left. It names
 * its account only from the mailed code on, so that a stranger who opens resets cannot disturb it (RS-04).
 */
async function advance(
  tx: Sql,
  guess: Guess,
  house: House<Effect>,
  userId: string,
  step: number,
): Promise<{ token: string; row: ChallengeRow }> {
  const token = newToken();
  await tx`
    UPDATE challenges SET voided_at = app_now()
    WHERE user_id = ${userId}::uuid AND purpose = ${guess.purpose}::purpose AND id <> ${guess.challengeId}::uuid AND consumed_at IS NULL AND voided_at IS NULL`;
  await tx`
    UPDATE challenges SET consumed_at = NULL, step = ${step}::int, token_hash = ${keyedHash("token", "challenge", token)}, user_id = ${userId}::uuid,
      epoch = (SELECT epoch FROM users WHERE id = ${userId}::uuid), sends = 0, sends_refunded = 0, current_channel = NULL, current_authenticator_id = NULL
    WHERE id = ${guess.challengeId}::uuid`;
  const row = await loadChallenge(house, token, tx);
  return row ? { token, row } : gone();
}

const openedFrom = (house: House<Effect>, token: string, row: ChallengeRow): OpenedChallenge => ({
  challengeId: row.id,
  token,
  expiresAt: row.expiresAt,
  view: viewOf(purposeOf(house, row.purpose), row),
});

/** Sends the code of the second factor where a phone is the default; a limit or a stop holds back the message alone (RL-10). */
async function sendFactor(tx: Sql, row: ChallengeRow, userId: string, { ip }: Requester): Promise<void> {
  const target = defaultTarget(userId, { ...row, authenticators: servingRecovery(row.authenticators) });
  if (!target) return;
  const queue = { challengeId: row.id, userId, locale: row.locale, purpose: row.purpose, target };
  if (isPhoneStopped(row.authenticators, target)) {
    await keepHeld(tx, queue, { reason: "sending_stopped", until: null });
    return;
  }
  const held = await takeSendLimits(tx, target, { userId, ip, deviceId: null });
  if (held) {
    await keepHeld(tx, queue, { reason: held.reason, until: held.retryAfter });
    return;
  }
  await tx`
    UPDATE challenges SET sends = 1, current_channel = ${target.channel}::channel, current_authenticator_id = ${target.authenticatorId}::uuid WHERE id = ${row.id}::uuid`;
  await queueCode(tx, queue);
}

/** RESET_PASSWORD: the mailed code and a second factor set a new password; it opens no session and removes no factor (RS-01, RS-02). */
export const resetPasswordPurpose: Purpose<Effect> = {
  name: "RESET_PASSWORD",
  lifetime: () => RESET.seconds,
  steps: PASSWORD,
  accepts: ({ kind, secondFactor }, step) => (step === MAIL ? kind === resetCode.kind : step === FACTOR && secondFactor),
  ways: (subject) => (subject.step === MAIL ? resetCode.offer(subject, null) : subject.step === FACTOR ? recoveryWays(subject) : []),
  codeLength: (step) => (step === MAIL ? RESET_CODE_LENGTH : 6),
  discreet: (step) => step === MAIL,
  afterPassword: false,
  whose: ({ hint, accountEmail }) => (hint?.startsWith("••") ? { digits: hint } : { email: shownEmail(hint ?? accountEmail ?? "") }),
  wording: {
    ja: "再設定",
    en: "reset",
    mail: {
      ja: {
        subject: "パスワードの再設定の認証コード",
        before: "パスワードの再設定の手続きがありました。手続きをしているブラウザーの画面に戻って、次の認証コードを入力してください。",
        after: "この手続きをしていない場合は、何もする必要はありません。認証コードを入力しなければ、パスワードは変わりません。",
        minutes: RESET.codeSeconds / 60,
      },
      en: {
        subject: "your verification code for a password reset",
        before: "A password reset was asked for. Go back to the browser where you asked for it and enter this verification code.",
        after: "If that was not you, there is nothing to do. Your password does not change unless the verification code is entered.",
        minutes: RESET.codeSeconds / 60,
      },
    },
  },
  page: { journey: "reset", restart: "/forgot-password", proves: "account" },
  races: [OPEN_RACE],
  async effect(tx, guess, proof, requester, house) {
    const about = { challengeId: guess.challengeId, ...requester };
    if (guess.step === MAIL) {
      const userId = guess.aboutId ?? gone();
      const live = await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid AND disabled_at IS NULL FOR NO KEY UPDATE`;
      if (live.length === 0) return gone();
      await giveBackHits(tx, guess.hitIds);
      await record(tx, { event: "reset.email_proven", userId, method: "email", ...about });
      const first = await advance(tx, guess, house, userId, FACTOR);
      if (!isEnrolled(first.row.authenticators)) {
        const last = await advance(tx, guess, house, userId, PASSWORD);
        return ok({ kind: "challenge", next: "set_password", opened: openedFrom(house, last.token, last.row) });
      }
      await sendFactor(tx, first.row, userId, requester);
      const row = (await loadChallenge(house, first.token, tx)) ?? gone();
      return ok({ kind: "challenge", next: "verify", opened: openedFrom(house, first.token, row) });
    }
    const userId = accountOf(guess);
    if (!(await clearFailures(tx, guess, userId))) return gone();
    await record(tx, { event: "reset.factor_proven", userId, method: proof.amr, ...about });
    const { token, row } = await advance(tx, guess, house, userId, PASSWORD);
    if (barredOf(row).includes(guess.kind ?? "")) return rollback(fail<Refused>({ code: "method_not_available" }));
    return ok({ kind: "challenge", next: "set_password", opened: openedFrom(house, token, row) });
  },
};
