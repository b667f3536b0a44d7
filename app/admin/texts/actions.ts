"use server";

import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { changeText, lineOf, problemOf, textNamed, typedBody } from "#lib/console/texts";
import type { BodyProblem } from "#lib/delivery/wording/templates";
import { fail, ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const wording = z.object({
  purpose: z.string().max(40),
  locale: z.enum(["ja", "en"]),
  act: z.enum(["preview", "change"]),
  body: z.string().max(500),
  reason: z.string().max(2000).optional(),
});

type Translate = Awaited<ReturnType<typeof getTranslations<"consoleTexts">>>;

const problemWords = (found: BodyProblem, t: Translate): string => {
  switch (found.problem) {
    case "place_missing":
    case "place_repeated":
    case "place_unknown":
      return t(found.problem, { place: `{${found.place}}` });
    case "too_long":
      return t("too_long", { units: found.units, of: found.of });
    default:
      return t(found.problem);
  }
};

/** Shows how a wording would be sent, or uses it from the next text on. */
export async function wordTextAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: wording, tie: ofSession, previous, form }, async ({ act, purpose, locale, body, reason = "" }, { session }) => {
    const text = textNamed(purpose, locale);
    if (!text) return fail({ code: "not_found" });
    const t = await getTranslations("consoleTexts");
    const typed = typedBody(body);
    const problem = problemOf(text.template, text.locale, typed);
    if (problem) {
      const values = { seen: problemWords(problem, t), seenTone: "warn" };
      return fail({ code: "invalid_input", fields: { body: "invalid_input" }, values });
    }
    if (act === "preview") {
      const seen = lineOf(text.template, text.locale, typed, true);
      const counted = t("counted", { units: seen.units, of: seen.of, count: seen.segments });
      const lines = [counted, t(seen.originBound ? "bound" : "unbound"), ...seen.text.split("\n")];
      return ok({ shown: { body: typed, reason, seen: lines.join("\n"), seenTone: "good" } });
    }
    const here = `/admin/texts/${purpose}/${locale}`;
    const done = await changeText(actingOf(session), { purpose, locale, reason, body: typed });
    if (done.ok) return ok(`${here}?done=change`);
    if (done.error.code === "step_up_required") return ok(here);
    return done.error.code === "not_allowed" ? ok(`${here}?refused=${done.error.reason ?? "no_change"}`) : done;
  });
}
