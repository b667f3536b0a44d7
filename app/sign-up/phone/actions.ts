"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { bindPhone } from "#lib/accounts/bind-phone";
import { fail } from "#lib/result";
import { enterChallenge, type FormState, outage, refusedState } from "#lib/web/action";
import { challengeToken } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";
import { ENDED, leadBack } from "#lib/web/tie";

const schema = z.object({
  number: z.string().trim().min(1).max(128),
  channel: z.enum(["sms", "voice"]),
  acceptRisk: z.literal("on").optional(),
});

/** Gives the open challenge its number; the code is on its way when this leads to /verify. */
export async function bindPhoneAction(previous: FormState, form: FormData): Promise<FormState> {
  const entered = await enterChallenge(schema, form, previous);
  if (!entered.ok) return entered.state;
  const { number, channel, acceptRisk } = entered.input;
  const input = { number, channel, acceptRisk: acceptRisk === "on", drawnFor: entered.drawnFor };
  const bound = await bindPhone(await challengeToken(), input, await requestOrigin()).catch((error) => fail(outage(error)));
  if (!bound.ok && ENDED.includes(bound.error.code)) return leadBack(form);
  if (!bound.ok) {
    // A fixed line takes calls alone: the form comes back with the call chosen, one step from going on.
    const next = bound.error.reason === "landline_needs_voice" ? { ...entered.input, channel: "voice" } : entered.input;
    return refusedState(bound.error, next, previous);
  }
  redirect("/verify");
}
