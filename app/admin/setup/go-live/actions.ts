"use server";

import { z } from "zod";
import { confirmFact, seenFacts } from "#lib/console/confirm-fact";
import { ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const schema = z.object({ act: z.enum(seenFacts), proof: z.string().max(100) });
const HERE = "/admin/setup/go-live";

/** Confirms a fact that only a person can have seen, by its proof. */
export async function confirmFactAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofSession, previous, form }, async ({ act, proof }, { session }) => {
    const done = await confirmFact(actingOf(session), act, proof);
    if (done.ok) return ok(`${HERE}?done=${act}`);
    if (done.error.code === "step_up_required") return ok(HERE);
    return done.error.code === "not_allowed" ? ok(`${HERE}?refused=${done.error.reason ?? "role"}`) : done;
  });
}
