"use server";

import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { changePolicy } from "#lib/console/change-policy";
import { type PlanField, planFieldNames, planNumbers } from "#lib/console/setup-plan";
import { type PlanUse, planUses } from "#lib/costs/estimate";
import { ok } from "#lib/result";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const number = z.string().max(12);
const schema = z.object({
  act: z.literal("keep"),
  uses: z.string().max(100),
  ...(Object.fromEntries(planFieldNames.map((name) => [name, number])) as Record<PlanField, typeof number>),
});

/** Keeps the plan as it is computed on the page. */
export async function keepPlanAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ act: _, uses, ...typed }, { session }) => {
    const t = await getTranslations("consoleSetup");
    const checked = uses.split(",");
    const value = { uses: planUses.filter((use): use is PlanUse => checked.includes(use)), numbers: planNumbers(typed) };
    await changePolicy(actingOf(session), { name: "plan", value, reason: t("planReason") });
    return ok("/admin/setup/choose");
  });
}
