"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { keepsCodes } from "#lib/accounts/callouts";
import { stopOwnCase } from "#lib/accounts/stop-case";
import { putOffPasskey } from "#lib/accounts/unasked-passkey";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { endOtherSessions, endOwnSession } from "#lib/sessions/end-session";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

// An invalid id gets the same answer as an unknown one.
const one = z.object({ sessionId: z.string().max(64).default("") });

/** Ends one session of the account; an unknown id or one of another account changes nothing and gets the same answer. */
export async function endSessionAction(form: FormData): Promise<void> {
  return press({ schema: one, tie: ofSession, form }, async ({ sessionId }, { session, requester }) => {
    await endOwnSession(session.user.id, sessionId, requester);
    return ok("/account/sessions?ended");
  });
}

/** Ends every session of the account except the current one. */
export async function endOthersAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    await endOtherSessions(session.user.id, session.sessionId, requester);
    return ok("/account/sessions?ended=others");
  });
}

/** Stops the lost-phone request of the account; where none is open any more, nothing changes. */
export async function stopCaseAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    const stopped = await stopOwnCase(session, requester);
    // The banner is of the layout, which a redirect within the account pages keeps.
    revalidatePath("/account", "layout");
    return ok(stopped ? `/account?case=${stopped}` : "/account");
  });
}

/** Notes that the recovery codes are still there. */
export async function keepsCodesAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    await keepsCodes(session.user.id, requester);
    return ok("/account");
  });
}

/** Puts the offer of a passkey off. */
export async function putOffPasskeyAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session }) => {
    await putOffPasskey(session.user.id);
    return ok("/account");
  });
}
