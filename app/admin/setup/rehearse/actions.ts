"use server";

import { getLocale } from "next-intl/server";
import { z } from "zod";
import { lines, scenes, systems } from "#lib/console/rehearsal-rule";
import { confirmRehearsal, rehearse, rehearseAgain, type What } from "#lib/console/rehearse";
import { fail, ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/admin/setup/rehearse";
const sending = z.object({
  act: z.literal("send"),
  scene: z.enum(["handset", ...scenes]),
  handset: z.string().max(40).optional(),
  channel: z.enum(["sms", "voice"]).optional(),
  provider: z.string().max(32).optional(),
  number: z.string().max(64).optional(),
  consent: z.literal("on").optional(),
});
const confirming = z.object({
  act: z.literal("confirm"),
  id: z.uuid(),
  shown: z.enum(["whole", "broken", "absent"]),
  autofill: z.enum(["filled", "not_filled", "not_tried"]).optional(),
  code: z.string().max(40).optional(),
});
const repeating = z.object({ act: z.literal("again"), id: z.uuid() });

const language = async () => ((await getLocale()) === "en" ? "en" : "ja");

/** What a form is about; null for a handset that does not exist. */
function whatOf(scene: z.output<typeof sending>["scene"], handset: string): What | null {
  if (scene !== "handset") return { scene };
  const [name, kind] = handset.split("-");
  const [line, system] = [lines.find((one) => one === name), systems.find((one) => one === kind)];
  return line && system ? { scene, line, system } : null;
}

/** Sends a rehearsal and leads to its page. */
export async function sendRehearsalAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: sending, tie: ofSession, previous, form }, async (fields, { session, requester }) => {
    const { scene, handset = "", channel = "sms", provider = "", number = "", consent } = fields;
    const what = whatOf(scene, handset);
    if (!what) return fail({ code: "invalid_input", fields: { handset: "invalid_input" } });
    const asked = { what, channel: channel === "sms" ? "SMS" : "VOICE", number, consent: consent === "on", provider } as const;
    const sent = await rehearse(actingOf(session), { ...asked, locale: await language() }, requester);
    if (sent.ok) return ok(`${HERE}/${sent.value}`);
    if (sent.error.code === "step_up_required") return ok(`${HERE}/send?${scene === "handset" ? `handset=${handset}` : `scene=${scene}`}`);
    // A landline takes calls alone, and the refusal says that the choice was changed.
    return sent.error.reason === "landline_needs_voice" ? fail({ ...sent.error, values: { channel: "voice" } }) : sent;
  });
}

/** Notes what the handset showed. */
export async function confirmRehearsalAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: confirming, tie: ofSession, previous, form }, async (fields, { session, requester }) => {
    const { id, shown, autofill = "not_tried", code = "" } = fields;
    const noted = await confirmRehearsal(actingOf(session), id, { shown, autofill, code }, requester);
    return noted.ok || noted.error.code === "step_up_required" ? ok(`${HERE}/${id}`) : noted;
  });
}

/** Sends a rehearsal once more and leads to the new one. */
export async function rehearseAgainAction(form: FormData): Promise<void> {
  return press({ schema: repeating, tie: ofSession, form }, async ({ id }, { session, requester }) => {
    const sent = await rehearseAgain(actingOf(session), id, await language(), requester);
    if (sent.ok) return ok(`${HERE}/${sent.value}`);
    return ok(sent.error.code === "step_up_required" ? `${HERE}/${id}` : `${HERE}/${id}?refused=${sent.error.reason ?? sent.error.code}`);
  });
}
