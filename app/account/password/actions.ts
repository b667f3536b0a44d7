"use server";

import { changePassword } from "#lib/accounts/change-password";
import { bodies } from "#lib/api/contract/bodies";
import { keep } from "#lib/http/bearer";
import { ok } from "#lib/result";
import { sessionCookie, setCookies } from "#lib/web/cookies";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

/** Changes the password and goes on under the session's new token. */
export async function changePasswordAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.password, tie: ofSession, previous, form }, async ({ password }, { session, requester }) => {
    const changed = await changePassword(actingOf(session), password, requester);
    if (!changed.ok) return changed;
    await setCookies([keep(sessionCookie(), changed.value.token, changed.value.expiresAt)]);
    return ok("/account/password?done");
  });
}
