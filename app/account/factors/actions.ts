"use server";

import { z } from "zod";
import { removePasskey, renamePasskey } from "#lib/accounts/passkeys";
import { beginTotp, confirmTotp, removeTotp } from "#lib/accounts/totp";
import { bodies } from "#lib/api/contract/bodies";
import { fail, ok } from "#lib/result";
import { keepChanged } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofEnrollingSession, ofSession } from "#lib/web/ties";

const LIST = "/account/factors";
const APP = `${LIST}/app`;
const one = z.object({ id: z.uuid() });
const naming = one.extend({ name: bodies.passkeyName.shape.name.optional() });

/** Makes the key of an authenticator app, which its page shows until the first code is confirmed. */
export async function beginTotpAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofEnrollingSession, form }, async (_, { session }) => {
    await beginTotp(actingOf(session));
    return ok(APP);
  });
}

/** Takes the app into use by its first code. */
export async function confirmTotpAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.confirm, tie: ofEnrollingSession, previous, form }, async ({ code }, { session, requester }) => {
    if (code.trim() === "") return fail({ code: "invalid_input", fields: { code: "required" } });
    const confirmed = await confirmTotp(actingOf(session), code, requester);
    if (!confirmed.ok && confirmed.error.code === "not_found") return ok(`${APP}?over`);
    if (!confirmed.ok) return confirmed;
    await keepChanged(confirmed.value);
    return ok(`${LIST}?added=app`);
  });
}

/** Removes the app; for the last second factor the page explains why it stays. */
export async function removeTotpAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    const removed = await removeTotp(actingOf(session), requester);
    if (!removed.ok) return ok(removed.error.code === "last_factor" ? `${APP}?last` : APP);
    await keepChanged(removed.value);
    return ok(`${LIST}?removed=app`);
  });
}

/** Names a passkey. */
export async function renamePasskeyAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: naming, tie: ofSession, previous, form }, async ({ id, name = "" }, { session, requester }) => {
    const named = await renamePasskey(actingOf(session), id, name, requester);
    return named.ok ? ok(`${LIST}?saved`) : named;
  });
}

/** Removes a passkey. */
export async function removePasskeyAction(form: FormData): Promise<void> {
  return press({ schema: one, tie: ofSession, form }, async ({ id }, { session, requester }) => {
    const removed = await removePasskey(actingOf(session), id, requester);
    const page = `${LIST}/passkey/${id}`;
    if (!removed.ok) return ok(removed.error.code === "last_factor" ? `${page}?last` : page);
    await keepChanged(removed.value);
    return ok(`${LIST}?removed=passkey`);
  });
}
