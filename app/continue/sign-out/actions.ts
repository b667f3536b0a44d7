"use server";

import { z } from "zod";
import { ok } from "#lib/result";
import { endOwnSession } from "#lib/sessions/end-session";
import { clearCookie, sessionCookie } from "#lib/web/cookies";
import { press } from "#lib/web/submit";
import { ofUnsavedSession } from "#lib/web/ties";

const schema = z.object({ query: z.string().max(4_096) });

/** Ends this browser's session and returns to the page, which leads on to the service that asked. */
export async function signOutForServiceAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofUnsavedSession, form }, async ({ query }, { session, requester }) => {
    await endOwnSession(session.user.id, session.sessionId, requester);
    await clearCookie(sessionCookie());
    return ok(`/continue/sign-out?${new URLSearchParams(query)}`);
  });
}
