"use server";

import { z } from "zod";
import { bindPhone, broughtNumber } from "#lib/accounts/bind-phone";
import { bodies } from "#lib/api/contract/bodies";
import { fail, ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { ofChallenge } from "#lib/web/ties";

const schema = bodies.phones.extend({ number: bodies.phones.shape.number.optional(), acceptRisk: z.literal("on").optional() });

/** Sets the number of the open challenge, queues its code and redirects to /verify. */
export async function bindPhoneAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofChallenge, previous, form }, async ({ acceptRisk, ...typed }, { token, drawnFor, requester }) => {
    const { number = "" } = typed;
    // Nothing typed means the number that came along, where there is one.
    if (number.trim() === "" && (await broughtNumber(token)) === null)
      return fail({ code: "invalid_input", fields: { number: "required" } });
    const bound = await bindPhone(token, { ...typed, number, acceptRisk: acceptRisk === "on", drawnFor }, requester);
    if (bound.ok) return ok("/verify");
    // A landline takes only calls, so the form returns with the call selected.
    return bound.error.reason === "landline_needs_voice" ? fail({ ...bound.error, values: { channel: "voice" } }) : bound;
  });
}
