"use server";

import { z } from "zod";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { endOtherSessions, endOwnSession } from "#lib/sessions/end-session";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

// What is no id at all ends like an unknown one: the answer tells them apart by nothing.
const one = z.object({ sessionId: z.string().max(64).default("") });

/** Ends one session of the same account; a foreign or unknown id changes nothing and is told apart by nothing. */
export async function endSessionAction(form: FormData): Promise<void> {
  return press({ schema: one, tie: ofSession, form }, async ({ sessionId }, { session, requester }) => {
    await endOwnSession(session.user.id, sessionId, requester);
    return ok("/account/sessions?ended");
  });
}

/** Ends every session of the account but this one. */
export async function endOthersAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    await endOtherSessions(session.user.id, session.sessionId, requester);
    return ok("/account/sessions?ended=others");
  });
}
