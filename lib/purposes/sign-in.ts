import { shownEmail } from "#lib/authenticators/addresses/email";
import { secondFactorWays } from "#lib/authenticators/index";
import { lastTwoDigits } from "#lib/authenticators/phones/authenticator";
import { OPEN_RACE } from "#lib/challenges/open";
import type { Purpose } from "#lib/challenges/port";
import { env } from "#lib/env";
import { completeSignIn } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";

/** SIGN_IN: after the password, any second factor of the account opens its session. */
export const signInPurpose: Purpose<Effect> = {
  name: "SIGN_IN",
  lifetime: () => env().OTP_TTL_SECONDS,
  accepts: ({ secondFactor }) => secondFactor,
  ways: secondFactorWays,
  afterPassword: true,
  /** A sign-in that was started with a number shows digits only, so that number and password do not reveal the address. */
  whose: ({ email, userId, authenticators }) => (email ? { email: shownEmail(email) } : { digits: lastTwoDigits(userId, authenticators) }),
  wording: { ja: "ログイン", en: "sign-in" },
  page: { journey: "sign-in", restart: "/sign-in", proves: "account" },
  races: [OPEN_RACE],
  async effect(tx, guess, proof, from) {
    // A passkey that was made automatically may sign in alone after its first verified use beside the password.
    if (proof.userVerified)
      await tx`UPDATE passkeys SET needs_password = false WHERE id = ${guess.authenticatorId}::uuid AND needs_password`;
    return completeSignIn(tx, guess, proof, from, { newDevice: true });
  },
};
