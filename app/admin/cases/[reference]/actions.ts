"use server";

import { z } from "zod";
import { caseActs, decideCase } from "#lib/console/cases";
import { parseReference } from "#lib/crypto/codes";
import type { Refused } from "#lib/errors";
import { reviewChecks } from "#lib/recovery/case";
import { ok } from "#lib/result";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const checks = z
  .string()
  .max(200)
  .transform((list) => list.split(" "))
  .pipe(z.array(z.enum(reviewChecks)));
// A reason that is none is refused by the use case, so that the page can say what a reason is.
const schema = z.object({
  reference: z.string().max(20),
  act: z.enum(caseActs),
  reason: z.string().max(2000).optional(),
  check: checks.optional(),
});

const whyOf = ({ code, reason }: Refused): string => (code === "not_allowed" && reason ? reason : code);

/** Decides on a case: the review, the approval, the refusal, the cancellation or the continuation. */
export async function decideCaseAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ reference: typed, act, reason = "", check = [] }, { session }) => {
    const reference = parseReference(typed) ?? "";
    const done = await decideCase(actingOf(session), reference, act, { reason, checks: act === "review" ? check : [] });
    return ok(`/admin/cases/${reference}?${done.ok ? `done=${act}` : `refused=${whyOf(done.error)}`}`);
  });
}
