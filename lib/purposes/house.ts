import { authenticators } from "#lib/authenticators/index";
import type { House, Purpose } from "#lib/challenges/port";
import type { Purpose as Name } from "#lib/db/generated/enums";
import { bindPhonePurpose } from "#lib/purposes/bind-phone";
import { changeEmailPurpose } from "#lib/purposes/change-email";
import type { Effect } from "#lib/purposes/effect";
import { recoverPurpose } from "#lib/purposes/recover";
import { resetPasswordPurpose } from "#lib/purposes/reset-password";
import { signInPurpose } from "#lib/purposes/sign-in";
import { signUpPurpose } from "#lib/purposes/sign-up";
import { stepUpPurpose } from "#lib/purposes/step-up";
import { verifyNumberPurpose } from "#lib/purposes/verify-number";

/** Every purpose of a challenge: a purpose is one file and one line here, and the compiler asks for the line. */
export const purposes: Record<Name, Purpose<Effect>> = {
  SIGN_UP: signUpPurpose,
  BIND_PHONE: bindPhonePurpose,
  SIGN_IN: signInPurpose,
  STEP_UP: stepUpPurpose,
  RESET_PASSWORD: resetPasswordPurpose,
  CHANGE_EMAIL: changeEmailPurpose,
  RECOVER: recoverPurpose,
  VERIFY_NUMBER: verifyNumberPurpose,
};

/** What the engine of challenges works for. */
export const house: House<Effect> = {
  purposes,
  authenticators,
  facts: (account) => `(SELECT f.facts FROM account_facts f WHERE f.user_id = ${account})`,
};
