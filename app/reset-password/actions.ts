"use server";

import { setNewPassword } from "#lib/accounts/reset-password";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { challengeCookie, clearCookie } from "#lib/web/cookies";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { ofChallenge } from "#lib/web/ties";

/** Sets the new password of a proven reset and redirects to the sign-in; it opens no session. */
export async function resetPasswordAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.password, tie: ofChallenge, previous, form }, async ({ password }, { token, drawnFor, requester }) => {
    const set = await setNewPassword(token, { password, drawnFor }, requester);
    if (!set.ok) return set;
    await clearCookie(challengeCookie());
    return ok("/sign-in?reset");
  });
}
