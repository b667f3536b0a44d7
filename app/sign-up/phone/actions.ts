"use server";

import { z } from "zod";
import { bindPhone } from "#lib/accounts/bind-phone";
import { bodies } from "#lib/api/contract/bodies";
import { fail, ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { ofChallenge } from "#lib/web/ties";

const schema = bodies.phones.extend({ acceptRisk: z.literal("on").optional() });

/** Gives the open challenge its number; the code is on its way when this leads to /verify. */
export async function bindPhoneAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofChallenge, previous, form }, async ({ acceptRisk, ...typed }, { token, drawnFor, requester }) => {
    const bound = await bindPhone(token, { ...typed, acceptRisk: acceptRisk === "on", drawnFor }, requester);
    if (bound.ok) return ok("/verify");
    // A fixed line takes calls alone: the form comes back with the call chosen, one step requester going on.
    return bound.error.reason === "landline_needs_voice" ? fail({ ...bound.error, values: { channel: "voice" } }) : bound;
  });
}
