"use server";

import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { changeService, type TypedLogo, unreadableIn } from "#lib/console/service";
import { contrastIn, nearestReadable } from "#lib/policy/accent";
import { LOGO } from "#lib/policy/logo";
import { refreshSettings } from "#lib/policy/read";
import { fail, ok, type Result } from "#lib/result";
import type { FormRefusal, FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const text = z.string().max(300).optional();
const schema = z.object({
  ...{ act: z.literal("change"), name: text, contact: text, senderNumber: text, accentDay: text, accentNight: text },
  ...{ termsUrl: text, termsVersion: text, privacyUrl: text, privacyVersion: text },
  removeLogo: z.literal("on").optional(),
  reason: z.string().max(2000),
});

const HERE = "/admin/setup/service";

/** Says whose service this is; a colour that could not be read is answered with the nearest one that can. */
export async function changeServiceAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofSession, previous, form }, async ({ removeLogo, act: _, ...typed }, { session }) => {
    const unreadable = unreadableIn(typed);
    if (unreadable.length > 0) {
      const t = await getTranslations("consoleService");
      const lines = unreadable.map(({ theme, colour }) =>
        t(`unreadable_${theme}`, { colour, contrast: contrastIn(colour, theme).toFixed(1), nearest: nearestReadable(colour, theme) }),
      );
      const fields = Object.fromEntries(unreadable.map(({ field }) => [field, "invalid_input" as const]));
      return fail({ code: "invalid_input", fields, values: { seen: lines.join("\n"), seenTone: "warn" } });
    }
    const logo = await logoOf(form, removeLogo !== undefined);
    if (!logo.ok) return logo;
    const done = await changeService(actingOf(session), { ...typed, logo: logo.value });
    await refreshSettings();
    if (done.ok) return ok(`${HERE}?done=change`);
    if (done.error.code === "step_up_required") return ok(HERE);
    return done.error.code === "not_allowed" ? ok(`${HERE}?refused=${done.error.reason ?? "no_change"}`) : done;
  });
}

async function logoOf(form: FormData, remove: boolean): Promise<Result<TypedLogo, FormRefusal>> {
  const file = form.get("logo");
  if (!(file instanceof File) || file.size === 0) return ok(remove ? "remove" : "keep");
  if (file.size > LOGO.bytes) return fail({ code: "invalid_input", fields: { logo: "too_large" } });
  return ok(new Uint8Array(await file.arrayBuffer()));
}
