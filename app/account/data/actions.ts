"use server";

import { cancelDeletion, requestDeletion } from "#lib/accounts/delete-account";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/account/data";

/** Asks for the deletion of the account. */
export async function requestDeletionAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    const asked = await requestDeletion({ ...actingOf(session), userId: session.user.id }, requester);
    return ok(asked.ok ? `${HERE}?asked` : `${HERE}?refused=${asked.error.code}`);
  });
}

/** Takes the deletion of the account back. */
export async function cancelDeletionAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    const kept = await cancelDeletion({ ...actingOf(session), userId: session.user.id }, requester);
    return ok(kept.ok ? `${HERE}?kept` : `${HERE}?refused=${kept.error.code}`);
  });
}
