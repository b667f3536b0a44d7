"use server";

import { beginEmailChange, removeRecoveryAddress } from "#lib/accounts/change-email";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepBesideSession, keepChanged } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const PAGE = "/account/email?done";

/** Sends a code to the new address of the account. */
export async function changeEmailAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.email, tie: ofSession, previous, form }, async ({ email }, { session, requester }) => {
    const opened = await beginEmailChange(actingOf(session), { email, returnTo: PAGE }, requester);
    if (!opened.ok) return opened;
    await keepBesideSession(opened.value);
    return ok("/verify");
  });
}

/** Sends a code to the second address of the account. */
export async function addRecoveryAddressAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.email, tie: ofSession, previous, form }, async ({ email }, { session, requester }) => {
    const opened = await beginEmailChange(actingOf(session), { email, as: "recovery", returnTo: PAGE }, requester);
    if (!opened.ok) return opened;
    await keepBesideSession(opened.value);
    return ok("/verify");
  });
}

/** Removes the second address of the account. */
export async function removeRecoveryAddressAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    const removed = await removeRecoveryAddress(actingOf(session), requester);
    if (!removed.ok) return ok("/account/email");
    await keepChanged(removed.value);
    return ok("/account/email?removed");
  });
}
