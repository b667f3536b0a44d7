"use server";

import { z } from "zod";
import { isRowId } from "#lib/console/message-filter";
import { resendMessage } from "#lib/console/resend";
import type { Refused } from "#lib/errors";
import { ok } from "#lib/result";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

// A reason that is none is refused by the use case, so that the page can say what a reason is.
const schema = z.object({ id: z.string().max(64), act: z.enum(["resend", "call"]), reason: z.string().max(2000).optional() });

const whyOf = ({ code, reason }: Refused): string => (code === "not_allowed" && reason ? reason : code);

/** Sends a message again. */
export async function resendMessageAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ id, act, reason = "" }, { session, requester }) => {
    const done = await resendMessage(actingOf(session), id, { reason, call: act === "call" }, requester);
    return ok(
      `/admin/messages${isRowId(id) ? `/${id}` : ""}?${done.ok ? `done=resend&message=${done.value}` : `refused=${whyOf(done.error)}`}`,
    );
  });
}
