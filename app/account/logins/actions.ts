"use server";

import { z } from "zod";
import { mayLink, unlinkLogin } from "#lib/accounts/linked-logins";
import { ok } from "#lib/result";
import { socialProviders, socialSettings } from "#lib/social/providers";
import { keepChanged } from "#lib/web/challenge";
import { beginSocial } from "#lib/web/social";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const LIST = "/account/logins";
const schema = z.object({ provider: z.enum(socialProviders) });

/** Begins to link an account at LINE or Google; its page leads there, and the step-up is judged again when the person comes back. */
export async function linkAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ provider }, { session }) => {
    const allowed = await mayLink(actingOf(session));
    if (!allowed.ok) return ok(`${LIST}?reason=${allowed.error.code}&provider=${provider}`);
    if (!socialSettings(provider)) return ok(LIST);
    await beginSocial({ provider, sessionId: session.sessionId, returnTo: null, fresh: false });
    return ok("/sign-in/with");
  });
}

/** Unlinks an account at LINE or Google. */
export async function unlinkAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ provider }, { session, requester }) => {
    const gone = await unlinkLogin(actingOf(session), provider, requester);
    if (!gone.ok) return ok(`${LIST}?reason=${gone.error.code}&provider=${provider}`);
    await keepChanged(gone.value);
    return ok(`${LIST}?unlinked=${provider}`);
  });
}
