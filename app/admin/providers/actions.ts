"use server";

import { getLocale, getTranslations } from "next-intl/server";
import { z } from "zod";
import { providerFields } from "#lib/console/provider-fields";
import { actOnProvider, addProvider, changeProvider, providerActs, tryCallback, tryProvider } from "#lib/console/providers";
import { saidInWords } from "#lib/delivery/wording/provider-said";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { ok, type Result } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/admin/providers";
const named = { name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/) };
const adding = providerFields.extend({ act: z.literal("add") });
const changing = providerFields.extend({ act: z.literal("change") });
const acting = z.object({
  ...named,
  act: z.enum(providerActs),
  channel: z.enum(["SMS", "VOICE"]).optional(),
  country: z
    .string()
    .regex(/^(?:\*|[A-Z]{2})$/)
    .optional(),
});
const trying = z.object({ ...named, act: z.literal("test"), number: z.string().max(40) });
const calling = z.object({ ...named, act: z.literal("test_callback") });
const language = async () => ((await getLocale()) === "en" ? "en" : "ja");

/** Leads to the account after an act; a step-up that is over leads there too, where the page asks for it. */
const led = (done: Result<string, Refused>, act: string, to: string) => {
  if (done.ok) return ok(`${HERE}/${done.value}?done=${act}`);
  if (done.error.code === "step_up_required") return ok(to);
  if (done.error.code === "not_allowed") return ok(`${HERE}?refused=${done.error.reason ?? "no_change"}`);
  return done;
};

/** Adds an account; what is wrong is said at its field. */
export async function addProviderAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: adding, tie: ofSession, previous, form }, async (fields, { session }) =>
    led(await addProvider(actingOf(session), fields), "add", `${HERE}/add?kind=${encodeURIComponent(fields.kind)}`),
  );
}

/** Changes an account; secrets that are left empty stay. */
export async function changeProviderAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: changing, tie: ofSession, previous, form }, async (fields, { session }) =>
    led(await changeProvider(actingOf(session), fields), "change", `${HERE}/${encodeURIComponent(fields.name)}`),
  );
}

/** Disables, enables, removes or moves an account by its button. */
export async function actOnProviderAction(form: FormData): Promise<void> {
  return press({ schema: acting, tie: ofSession, form }, async ({ name, act, channel, country }, { session }) => {
    const way = channel && country ? { channel, country } : null;
    const done = await actOnProvider(actingOf(session), name, act, way);
    if (done.ok) return ok(`${HERE}?done=${act}`);
    return ok(done.error.code === "not_allowed" ? `${HERE}?refused=${done.error.reason ?? "no_change"}` : HERE);
  });
}

/** Sends a real text by one account, and shows what its provider answered. */
export async function tryProviderAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: trying, tie: ofSession, previous, form }, async ({ name, number }, { session }) => {
    const locale = await language();
    const tried = await tryProvider(actingOf(session), { name, number, locale });
    if (!tried.ok) return tried.error.code === "step_up_required" ? ok(`${HERE}/${name}`) : tried;
    const t = await getTranslations("consoleProviders");
    const { status, said } = tried.value;
    const taken = status === "sent" || status === "delivered";
    const lines = [t(`trial_${status}`), ...(said && !taken ? [saidInWords(said)[locale]] : [])];
    return ok({ shown: { trial: lines.join("\n"), trialTone: taken ? "good" : "warn" } });
  });
}

/** Sends a callback to the account's own address from outside, and shows whether it arrived. */
export async function tryCallbackAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: calling, tie: ofSession, previous, form }, async ({ name }, { session }) => {
    const tried = await tryCallback(actingOf(session), name);
    if (!tried.ok) return tried.error.code === "step_up_required" ? ok(`${HERE}/${name}`) : tried;
    const t = await getTranslations("consoleProviders");
    const origin = env().publicOrigin;
    const found = tried.value;
    if (found.is === "arrived") return ok({ shown: { callback: t("callbackArrived", { origin }), callbackTone: "good" } });
    const lines =
      found.is === "answered"
        ? [t("callbackAnswered", { origin, status: found.status })]
        : [t("callbackSilent", { origin }), ...(found.said ? [saidInWords(found.said)[await language()]] : [])];
    return ok({ shown: { callback: lines.join("\n"), callbackTone: "warn" } });
  });
}
