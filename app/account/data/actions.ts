"use server";

import { z } from "zod";
import { cancelDeletion, requestDeletion } from "#lib/accounts/delete-account";
import { beginStepUp } from "#lib/accounts/step-up";
import { bodies } from "#lib/api/contract/bodies";
import { afterOpening } from "#lib/http/bearer";
import { ok } from "#lib/result";
import { setCookies } from "#lib/web/cookies";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/account/data";

const acts = z.object({ act: z.enum(["export_data", "delete_account"]) });

/** Asks for a second factor before the data is given out or the account deleted, and leads back. */
export async function proveForDataAction(form: FormData): Promise<void> {
  return press({ schema: acts, tie: ofSession, form }, async ({ act }, { session, requester }) => {
    const begun = await beginStepUp({ sessionId: session.sessionId, userId: session.user.id }, act, HERE, requester);
    if (!begun.ok) return ok(`${HERE}?refused=${begun.error.code}`);
    if ("until" in begun.value) return ok(HERE);
    await setCookies(afterOpening(begun.value.opened, false));
    return ok("/verify");
  });
}

/** Asks for the deletion of the account. */
export async function requestDeletionAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    const { id: userId, locale } = session.user;
    const asked = await requestDeletion({ userId, sessionId: session.sessionId, locale }, requester);
    return ok(asked.ok ? `${HERE}?asked` : `${HERE}?refused=${asked.error.code}`);
  });
}

/** Takes the deletion of the account back. */
export async function cancelDeletionAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    const { id: userId, locale } = session.user;
    const kept = await cancelDeletion({ userId, sessionId: session.sessionId, locale }, requester);
    return ok(kept.ok ? `${HERE}?kept` : `${HERE}?refused=${kept.error.code}`);
  });
}
