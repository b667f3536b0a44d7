"use server";

import { z } from "zod";
import { addPhone, changePhone, removePhone } from "#lib/accounts/phones";
import { fail, ok } from "#lib/result";
import { accountForms } from "#lib/web/account-forms";
import { keepBesideSession, keepChanged } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const LIST = "/account/phones";
const adding = accountForms.addPhone;
const changing = accountForms.changePhone;
const removing = z.object({ id: z.uuid() });

/** Sends a code to a further number, or to the one that replaces another. */
export async function addPhoneAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: adding, tie: ofSession, previous, form }, async ({ acceptRisk, ...typed }, { session, requester }) => {
    const input = { ...typed, acceptRisk: acceptRisk === "on", returnTo: `${LIST}?added` };
    const opened = await addPhone(actingOf(session), input, requester);
    if (opened.ok) {
      await keepBesideSession(opened.value);
      return ok("/verify");
    }
    // A landline takes only calls, so the form returns with the call selected.
    return opened.error.reason === "landline_needs_voice" ? fail({ ...opened.error, values: { channel: "voice" } }) : opened;
  });
}

/** Names a phone, prefers it, or changes how it gets its codes. */
export async function changePhoneAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: changing, tie: ofSession, previous, form }, async ({ id, preferred, ...typed }, { session, requester }) => {
    const changed = await changePhone(actingOf(session), id, { ...typed, ...(preferred ? { default: true } : {}) }, requester);
    return changed.ok ? ok(`${LIST}?saved`) : changed;
  });
}

/** Removes a phone; for the last one the page has no button but an explanation. */
export async function removePhoneAction(form: FormData): Promise<void> {
  return press({ schema: removing, tie: ofSession, form }, async ({ id }, { session, requester }) => {
    const removed = await removePhone(actingOf(session), id, requester);
    if (!removed.ok) return ok(`${LIST}/${id}`);
    await keepChanged(removed.value);
    return ok(`${LIST}?removed`);
  });
}
