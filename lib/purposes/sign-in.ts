import { record } from "#lib/audit/record";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { recoveryMailWays, secondFactorWays } from "#lib/authenticators/index";
import { lastTwoDigits } from "#lib/authenticators/phones/authenticator";
import { recoveryMail } from "#lib/authenticators/recovery-mails/authenticator";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import type { Guess, Purpose } from "#lib/challenges/port";
import { rollback, type Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { bindPhonePurpose } from "#lib/purposes/bind-phone";
import { accountOf, clearFailures, completeSignIn } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";
import { beginBinding } from "#lib/recovery/finish";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";

/** An account at another provider often is the mailbox as well, so a mailed code leads to a new factor after the password alone (SO-05). */
export const mailMayRecover = ({ federatedBy }: { federatedBy: string | null }): boolean => federatedBy === null;

/** SIGN_IN: after the password, any second factor of the account opens its session. */
export const signInPurpose: Purpose<Effect> = {
  name: "SIGN_IN",
  lifetime: () => env().OTP_TTL_SECONDS,
  accepts: ({ secondFactor, kind }) => secondFactor || kind === recoveryMail.kind,
  ways: (subject) => [...secondFactorWays(subject), ...(mailMayRecover(subject) ? recoveryMailWays(subject) : [])],
  afterPassword: true,
  /** A sign-in that was started with a number or with another provider shows digits only, so that number and password do not reveal the address. */
  whose: ({ email, userId, authenticators }) => (email ? { email: shownEmail(email) } : { digits: lastTwoDigits(userId, authenticators) }),
  wording: { ja: "ログイン", en: "sign-in" },
  page: { journey: "sign-in", restart: "/sign-in", proves: "account" },
  races: [OPEN_RACE],
  async effect(tx, guess, proof, from) {
    if (guess.kind === recoveryMail.kind)
      return mailMayRecover(guess) ? bindAnew(tx, guess, from) : rollback(fail<Refused>({ code: "method_not_available" }));
    // A passkey that was made automatically may sign in alone after its first verified use beside the password.
    if (proof.userVerified)
      await tx`UPDATE passkeys SET needs_password = false WHERE id = ${guess.authenticatorId}::uuid AND needs_password`;
    return completeSignIn(tx, guess, proof, from, { newDevice: true });
  },
};

/** The mailed code of a lost-phone case opens a challenge that can do nothing but bind a new factor; no session (LP-01). */
async function bindAnew(tx: Sql, guess: Guess, { ip, userAgent }: Requester): Promise<Result<Effect, Refused>> {
  const userId = accountOf(guess);
  if (!(await clearFailures(tx, guess, userId))) return rollback(fail<Refused>({ code: "challenge_expired" }));
  const opened = await openChallenge(tx, {
    purpose: bindPhonePurpose,
    userId,
    locale: guess.locale,
    returnTo: guess.returnTo,
    target: null,
  });
  if (!(await beginBinding(tx, userId, opened.challengeId))) return rollback(fail<Refused>({ code: "challenge_expired" }));
  await record(tx, { event: "case.code_proven", userId, challengeId: guess.challengeId, method: "email", ip, userAgent });
  return ok({ kind: "challenge", next: "bind_phone", opened });
}
