"use server";

import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { endSession } from "#lib/sessions/end-session";
import { clearCookie, sessionCookie } from "#lib/web/cookies";
import { press } from "#lib/web/submit";
import { untied } from "#lib/web/ties";

/** Ends this browser's session on the server, then deletes its cookie. */
export async function signOutAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: untied, form }, async (_, { requester }) => {
    if (requester.sessionToken) await endSession(requester.sessionToken, requester);
    await clearCookie(sessionCookie());
    return ok("/sign-in");
  });
}
