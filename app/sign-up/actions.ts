"use server";

import { getLocale } from "next-intl/server";
import { signUp } from "#lib/accounts/sign-up";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepChallenge } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { parseReturnTo, returnTo } from "#lib/web/return-to";
import { submit } from "#lib/web/submit";
import { begins } from "#lib/web/ties";

const schema = bodies.signUp.omit({ locale: true }).extend({ returnTo });

/** Opens a sign-up; known and unknown addresses get the same answer and a mail. */
export async function signUpAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: begins, previous, form }, async ({ returnTo, ...typed }, { requester }) => {
    const opened = await signUp({ ...typed, locale: await getLocale(), returnTo: parseReturnTo(returnTo) }, requester);
    if (!opened.ok) return opened;
    await keepChallenge(opened.value);
    return ok("/verify");
  });
}
