"use server";

import { beginStepUp } from "#lib/accounts/step-up";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepBesideSession } from "#lib/web/challenge";
import { parseReturnTo, returnTo } from "#lib/web/return-to";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofEnrollingSession } from "#lib/web/ties";

const schema = bodies.stepUp.extend({ returnTo });

/** Begins step-up for a class of acts and leads back to the page that asked for it. */
export async function beginStepUpAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofEnrollingSession, form }, async ({ action, returnTo }, { session, requester }) => {
    const back = parseReturnTo(returnTo) ?? "/account";
    const begun = await beginStepUp(actingOf(session), action, back, requester);
    if (!begun.ok) return begun;
    if ("until" in begun.value) return ok(back);
    await keepBesideSession(begun.value.opened);
    return ok("/verify");
  });
}
