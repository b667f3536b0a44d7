"use server";

import { beginLostPhone } from "#lib/accounts/lost-phone";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepBesideSession } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { ofChallenge } from "#lib/web/ties";

/** Begins a lost-phone request at this browser's sign-in; the code of a mail makes it stand. */
export async function lostPhoneAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.lostPhone, tie: ofChallenge, previous, form }, async ({ reason, note }, { token, drawnFor }) => {
    const opened = await beginLostPhone(token, { reason, note, drawnFor });
    if (!opened.ok) return opened;
    await keepBesideSession(opened.value);
    return ok("/verify");
  });
}
