"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { confirmRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { fail } from "#lib/result";
import { enterSession, type FormState, outage, refusedState } from "#lib/web/action";
import { requestOrigin } from "#lib/web/origin";
import { parseReturnTo } from "#lib/web/return-to";

const schema = z.object({ saved: z.literal("on").optional(), returnTo: z.string().max(512).optional() });

/** The person says that the codes are kept; from here on the account is open. */
export async function confirmSavedAction(previous: FormState, form: FormData): Promise<FormState> {
  const entered = await enterSession(schema, form, previous, { saving: true });
  if (!entered.ok) return entered.state;
  const { saved, returnTo } = entered.input;
  if (!saved) return refusedState({ code: "invalid_input", fields: { saved: "saved_required" } }, entered.input, previous);
  const confirmed = await confirmRecoveryCodes(entered.session.user.id, { saved: true }, await requestOrigin()).catch((error) =>
    fail(outage(error)),
  );
  if (!confirmed.ok) return refusedState(confirmed.error, entered.input, previous);
  redirect(parseReturnTo(returnTo) ?? "/account");
}
