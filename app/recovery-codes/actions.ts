"use server";

import { z } from "zod";
import { confirmRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { fail, ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { parseReturnTo, returnTo } from "#lib/web/return-to";
import { submit } from "#lib/web/submit";
import { ofUnsavedSession } from "#lib/web/ties";

const schema = z.object({ saved: z.literal("on").optional(), returnTo });

/** Confirms that the user has stored the codes; the session then opens the account. */
export async function confirmSavedAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofUnsavedSession, previous, form }, async ({ saved, returnTo }, { session, requester }) => {
    if (!saved) return fail({ code: "invalid_input", fields: { saved: "saved_required" } });
    const confirmed = await confirmRecoveryCodes(session.user.id, { saved: true }, requester);
    return confirmed.ok ? ok(parseReturnTo(returnTo) ?? "/account") : confirmed;
  });
}
