"use server";

import { signIn } from "#lib/accounts/sign-in";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepChallenge } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { parseReturnTo, returnTo } from "#lib/web/return-to";
import { submit } from "#lib/web/submit";
import { begins } from "#lib/web/ties";

const schema = bodies.signIn.extend({ returnTo });

/** Checks the password, opens a challenge and redirects to /verify. */
export async function signInAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: begins, previous, form }, async ({ returnTo, ...typed }, { requester }) => {
    const opened = await signIn({ ...typed, returnTo: parseReturnTo(returnTo) }, requester);
    if (!opened.ok) return opened;
    await keepChallenge(opened.value);
    return ok("/verify");
  });
}
