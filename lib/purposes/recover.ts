import { address } from "#lib/authenticators/addresses/authenticator";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { lastTwoDigits } from "#lib/authenticators/phones/authenticator";
import { OPEN_RACE } from "#lib/challenges/open";
import type { Purpose } from "#lib/challenges/port";
import { rollback } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { accountOf, clearFailures } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";
import { type CaseReason, endsSessions } from "#lib/recovery/case";
import { CASE_RACE, openCase, readFlags } from "#lib/recovery/open-case";
import { fail, ok } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";
import { endTrustedDevices } from "#lib/sessions/trusted-device";
import { maskEmail } from "#lib/words/mask-email";

/** RECOVER: after the right password, the code of a mail makes the request of a person who lost the phone stand. It opens nothing (LP-01). */
export const recoverPurpose: Purpose<Effect> = {
  name: "RECOVER",
  lifetime: () => env().OTP_TTL_SECONDS,
  accepts: ({ kind }) => kind === address.kind,
  // A sign-in that was started with a number must not reveal the address.
  ways: (subject) =>
    address.offer(subject, null).map((way) => (subject.email ? way : { ...way, hint: () => maskEmail(subject.accountEmail ?? "") })),
  afterPassword: true,
  whose: ({ email, userId, authenticators }) => (email ? { email: shownEmail(email) } : { digits: lastTwoDigits(userId, authenticators) }),
  wording: {
    ja: "復旧の申請",
    en: "recovery",
    mail: {
      ja: {
        subject: "復旧の申請の認証コード",
        before:
          "登録した電話番号が使えなくなったとして、復旧の申請がありました。申請しているブラウザーの画面に戻って、次の認証コードを入力してください。",
        after:
          "この申請をしていない場合は、認証コードを誰にも教えないでください。ほかの人があなたのパスワードを知っているおそれがあります。すぐにログインして、パスワードを変えてください。",
      },
      en: {
        subject: "your verification code for a recovery request",
        before:
          "A recovery was requested for an account whose phone cannot be used. Go back to the browser where you asked for it and enter this verification code.",
        after:
          "If that was not you, tell no one the verification code: someone else may know your password. Sign in right away and change your password.",
      },
    },
  },
  page: { journey: "sign-in", restart: "/sign-in", proves: "account" },
  races: [OPEN_RACE, CASE_RACE],
  async effect(tx, guess, _, requester) {
    const userId = accountOf(guess);
    const reason = guess.action as CaseReason;
    const flags = await readFlags(tx, userId, requester);
    const ends = endsSessions(reason);
    // Sessions end before the account's row is read: challenges are locked before accounts. The epoch that the password was proven in is over then.
    if (ends) {
      const epoch = await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid AND epoch = ${guess.epoch}::int AND disabled_at IS NULL`;
      if (epoch.length === 0) return rollback(fail<Refused>({ code: "challenge_expired" }));
      await endAllSessions(tx, userId);
      await endTrustedDevices(tx, userId);
    }
    const current = ends ? { ...guess, epoch: guess.epoch + 1 } : guess;
    if (!(await clearFailures(tx, current, userId))) return rollback(fail<Refused>({ code: "challenge_expired" }));
    const [row] = await tx<{ noteSealed: string | null }>`SELECT note_sealed FROM challenges WHERE id = ${guess.challengeId}::uuid`;
    const noteSealed = row?.noteSealed ?? null;
    const request = await openCase(
      tx,
      { userId, locale: guess.locale, challengeId: guess.challengeId, reason, noteSealed },
      flags,
      requester,
    );
    return ok({ kind: "lost_phone", request });
  },
};
