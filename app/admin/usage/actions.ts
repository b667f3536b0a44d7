"use server";

import { z } from "zod";
import { compareInvoice, differencesFile, INVOICE_BYTES, textOf } from "#lib/console/invoice";
import { setCurrency, setRate } from "#lib/console/rates";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { FormRefusal, FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const text = z.string().max(40);
const optional = text.optional();
const rate = z.object({
  ...{ act: z.literal("rate"), provider: text, channel: text, country: optional, begins: text },
  ...{ currency: optional, price: text, monthlyFee: optional },
});
const currency = z.object({ act: z.literal("currency"), currency: text, begins: text, yen: text });
const invoiceFields = z.object({ act: z.literal("invoice"), provider: text });

/** The page that says what came of an act; what is wrong with a field is said beside it. */
function outcome(done: Result<null, Refused>, act: string): Result<string, FormRefusal> {
  if (done.ok) return ok(`/admin/usage?done=${act}#rates`);
  const { code, reason } = done.error;
  return code === "invalid_input" ? done : ok(`/admin/usage?refused=${reason ?? code}`);
}

/** Enters a rate of a contract. */
export async function setRateAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: rate, tie: ofSession, previous, form }, async ({ act, ...typed }, { session }) => {
    const { country = "", currency: money = "", monthlyFee = "", channel, ...fields } = typed;
    return outcome(await setRate(actingOf(session), { ...fields, country, currency: money, monthlyFee, channel: channel as "SMS" }), act);
  });
}

/** Enters a rate of a currency. */
export async function setCurrencyAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: currency, tie: ofSession, previous, form }, async ({ act, ...fields }, { session }) =>
    outcome(await setCurrency(actingOf(session), fields), act),
  );
}

/** Compares an invoice; what came of it stands in the answer of this form alone. */
export async function compareInvoiceAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: invoiceFields, tie: ofSession, previous, form }, async ({ provider }, { session }) => {
    const invoice = await invoiceOf(form);
    if (!invoice.ok) return invoice;
    const done = await compareInvoice(actingOf(session), { provider: provider.trim(), text: invoice.value });
    if (done.ok) {
      const file = "differences" in done.value ? differencesFile(done.value.differences) : "";
      return ok({ shown: { provider, compared: JSON.stringify(done.value), differences: file } });
    }
    const { code, reason } = done.error;
    return code === "invalid_input" ? fail(done.error) : ok(`/admin/usage?refused=${reason ?? code}`);
  });
}

/** The text of the file of a form; refusals stand at its field. */
async function invoiceOf(form: FormData): Promise<Result<string, FormRefusal>> {
  const file = form.get("invoice");
  if (!(file instanceof File) || file.size === 0) return fail({ code: "invalid_input", fields: { invoice: "required" } });
  if (file.size > INVOICE_BYTES) return fail({ code: "invalid_input", fields: { invoice: "too_large" } });
  return ok(textOf(new Uint8Array(await file.arrayBuffer())));
}
