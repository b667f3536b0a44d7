"use server";

import { signInOnDevice } from "#lib/accounts/sign-in";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepChallenge, keepTrustedSignIn } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { parseReturnTo, returnTo } from "#lib/web/return-to";
import { submit } from "#lib/web/submit";
import { begins } from "#lib/web/ties";

const schema = bodies.signIn.extend({ returnTo });

/** Checks the password, opens a challenge and redirects to /verify; a trusted device is signed in. */
export async function signInAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: begins, previous, form }, async ({ returnTo, ...typed }, { requester }) => {
    const entered = await signInOnDevice({ ...typed, returnTo: parseReturnTo(returnTo) }, requester);
    if (!entered.ok) return entered;
    if ("session" in entered.value) {
      await keepTrustedSignIn(entered.value);
      return ok(entered.value.returnTo ?? "/account");
    }
    await keepChallenge(entered.value);
    return ok("/verify");
  });
}
