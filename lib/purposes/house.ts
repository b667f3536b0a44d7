import { authenticators } from "#lib/authenticators/index";
import type { House, Purpose } from "#lib/challenges/port";
import type { Purpose as Name } from "#lib/db/generated/enums";
import { bindPhonePurpose } from "#lib/purposes/bind-phone";
import type { Effect } from "#lib/purposes/effect";
import { signInPurpose } from "#lib/purposes/sign-in";
import { signUpPurpose } from "#lib/purposes/sign-up";

/** Every purpose of a challenge: a purpose is one file and one line here, and the compiler asks for the line. */
export const purposes: Record<Name, Purpose<Effect>> = {
  SIGN_UP: signUpPurpose,
  BIND_PHONE: bindPhonePurpose,
  SIGN_IN: signInPurpose,
};

/** What the engine of challenges works for. */
export const house: House<Effect> = { purposes, authenticators };
