"use server";

import { changePassword } from "#lib/accounts/change-password";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepChanged } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

/** Changes the password and goes on under the session's new token. */
export async function changePasswordAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.password, tie: ofSession, previous, form }, async ({ password }, { session, requester }) => {
    const changed = await changePassword(actingOf(session), password, requester);
    if (!changed.ok) return changed;
    await keepChanged(changed.value);
    return ok("/account/password?done");
  });
}
