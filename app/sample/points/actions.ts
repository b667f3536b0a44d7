"use server";

import { randomBytes } from "node:crypto";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { beginConfirmation, readConfirmation, spendConfirmation } from "#lib/accounts/confirmations";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepBesideSession } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/sample/points";
const asking = z.object({ amount: bodies.confirmation.shape.amount, shop: z.enum(["yamada", "hana", "midori"]) });
const using = z.object({ id: z.uuid() });

/** Asks for the confirmation of an exchange, as a shop's server would for an order. */
export async function askAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: asking, tie: ofSession, previous, form }, async ({ amount, shop }, { session, requester }) => {
    const payee = (await getTranslations("sample"))(shop);
    const reference = `sample-${randomBytes(8).toString("hex")}`;
    const values = { act: "points_exchange", unit: "pt", amount, payee, reference };
    const begun = await beginConfirmation(actingOf(session), values, (id) => `${HERE}?id=${id}`, requester);
    if (!begun.ok) return begun;
    await keepBesideSession(begun.value.opened);
    return ok("/verify");
  });
}

/** Uses the confirmation for the values of the order, once. */
export async function exchangeAction(form: FormData): Promise<void> {
  return press({ schema: using, tie: ofSession, form }, async ({ id }, { session, requester }) => {
    const order = await readConfirmation(actingOf(session), id);
    const used = order ? await spendConfirmation(actingOf(session), id, order, requester) : null;
    return ok(used?.ok ? `${HERE}?id=${id}` : `${HERE}?id=${id}&refused`);
  });
}
