"use server";

import { z } from "zod";
import { accountActs, actOnAccount } from "#lib/console/account-acts";
import type { Refused } from "#lib/errors";
import { caseReasons } from "#lib/recovery/case";
import { ok } from "#lib/result";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

// A reason that is none is refused by the use case, so that the page can say what a reason is.
const schema = z.object({
  id: z.uuid(),
  act: z.enum(accountActs),
  reason: z.string().max(2000).optional(),
  happened: z.enum(caseReasons).optional(),
});

const whyOf = ({ code, reason }: Refused): string => (code === "not_allowed" && reason ? reason : code);

/** Does one of the acts of staff to an account. */
export async function actOnAccountAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ id, act, reason = "", happened }, { session }) => {
    const done = await actOnAccount(actingOf(session), id, act, { reason, ...(happened ? { happened } : {}) });
    return ok(`/admin/users/${id}?${done.ok ? `done=${act}` : `refused=${whyOf(done.error)}`}`);
  });
}
