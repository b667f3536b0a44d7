"use server";

import { z } from "zod";
import { switchActs, switchSending } from "#lib/console/switch-sending";
import type { Refused } from "#lib/errors";
import { ok } from "#lib/result";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

// A reason that is none is refused by the use case, so that the page can say what a reason is.
const schema = z.object({
  act: z.enum(switchActs),
  country: z.string().max(2).optional(),
  provider: z.string().max(32).optional(),
  reason: z.string().max(2000).optional(),
});

const whyOf = ({ code, reason, fields }: Refused): string =>
  code === "invalid_input" ? `wrong_${Object.keys(fields ?? {})[0]}` : code === "not_allowed" && reason ? reason : code;

/** Stops or resumes sending. */
export async function switchSendingAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ act, country = "", provider = "", reason = "" }, { session }) => {
    const done = await switchSending(actingOf(session), act, { country, provider, reason });
    return ok(`/admin/health?${done.ok ? `done=${act}` : `refused=${whyOf(done.error)}`}`);
  });
}
