"use server";

import { z } from "zod";
import { signInOnDevice } from "#lib/accounts/sign-in";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { socialProviders, socialSettings } from "#lib/social/providers";
import { keepChallenge, keepTrustedSignIn } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { parseReturnTo, returnTo } from "#lib/web/return-to";
import { beginSocial, provesAge, wantsFresh } from "#lib/web/social";
import { press, submit } from "#lib/web/submit";
import { begins, untied } from "#lib/web/ties";

const schema = bodies.signIn.extend({ returnTo });

const chosen = z.object({ provider: z.enum(socialProviders), returnTo });

/** Begins a sign-in with LINE or Google, whose page leads there. */
export async function signInWithAction(form: FormData): Promise<void> {
  return press({ schema: chosen, tie: untied, form }, async ({ provider, returnTo }) => {
    if (!socialSettings(provider)) return ok("/sign-in");
    const back = parseReturnTo(returnTo);
    const fresh = await wantsFresh(back);
    if (fresh && !provesAge(provider)) return ok(`/sign-in/with?reason=not_fresh&provider=${provider}`);
    await beginSocial({ provider, sessionId: null, returnTo: back, fresh });
    return ok("/sign-in/with");
  });
}

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
