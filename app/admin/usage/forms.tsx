import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { InvoiceForm } from "#components/console/invoice-form";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import { PageHead } from "#components/ui/page-head";
import { sendingCountries } from "#lib/console/switch-sending";
import { providerNames, today } from "#lib/console/usage";
import { site } from "#lib/web/site";
import type { StaffSession } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../gate";
import { compareInvoiceAction, setCurrencyAction, setRateAction } from "./actions";

/** The forms of the page, each of which is shown alone. */
export const usageForms = ["rate", "currency", "invoice"] as const;
export type UsageForm = (typeof usageForms)[number];

/** One form of the page, or the step-up before it. */
export async function OneForm({ name, staff }: { name: UsageForm; staff: StaffSession }) {
  const t = await getTranslations("consoleUsage");
  const words = await getMessages();
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  const title = t({ rate: "addRate", currency: "addCurrency", invoice: "invoice" }[name] as "addRate");
  const lead = t({ rate: "ratesLead", currency: "currenciesLead", invoice: "invoiceLead" }[name] as "ratesLead");
  const gate = await consoleGate(staff, `/admin/usage?form=${name}`);
  const form = sessionForm(staff);
  const providers = await providerNames();
  const shown = {
    rate: <RateForm form={form} copy={copy} title={title} providers={providers} />,
    currency: <CurrencyForm form={form} copy={copy} title={title} />,
    invoice: (
      <InvoiceForm action={compareInvoiceAction} title={title} copy={copy} form={form} providers={providers} words={words.consoleUsage} />
    ),
  };
  return (
    <div className="@container max-w-[44rem]">
      {gate ? <title>{`${title} – ${copy.service}`}</title> : null}
      <PageHead title={title} lead={lead} back={{ href: "/admin/usage", label: t("title") }} />
      {gate ?? shown[name]}
    </div>
  );
}

type Props = { form: string; copy: ReturnType<typeof formCopy>; title: string };

const figure = { inputMode: "decimal", autoComplete: "off", maxLength: 20 } as const;

async function RateForm({ form, copy, title, providers }: Props & { providers: readonly string[] }) {
  const t = await getTranslations("consoleUsage");
  const countries = new Intl.DisplayNames(await getLocale(), { type: "region" });
  const labels = {
    provider: t("provider"),
    channel: t("channel"),
    country: t("country"),
    begins: t("begins"),
    price: t("price"),
    currency: t("currency"),
    monthlyFee: t("fee"),
  };
  return (
    <ActionForm action={setRateAction} title={title} copy={copy} labels={labels} submit={t("addRate")} act="rate" form={form}>
      <Select name="provider" label={t("provider")} options={providers.map((value) => ({ value, label: value }))} required />
      <Select
        name="channel"
        label={t("channel")}
        options={[
          { value: "SMS", label: t("sms") },
          { value: "VOICE", label: t("voice") },
        ]}
      />
      <Field name="price" label={t("price")} hint={t("priceHint")} required {...figure} />
      <Field name="currency" label={t("currency")} hint={t("currencyHint")} defaultValue="JPY" maxLength={3} autoComplete="off" />
      <Field name="begins" type="date" label={t("begins")} defaultValue={await today()} required />
      <Select
        name="country"
        label={t("country")}
        options={[
          { value: "", label: t("everyCountry") },
          ...sendingCountries().map((value) => ({ value, label: countries.of(value) ?? value })),
        ]}
      />
      <Field name="monthlyFee" label={t("fee")} hint={t("feeHint")} {...figure} />
    </ActionForm>
  );
}

async function CurrencyForm({ form, copy, title }: Props) {
  const t = await getTranslations("consoleUsage");
  const labels = { currency: t("currency"), yen: t("yenOf"), begins: t("begins") };
  return (
    <ActionForm action={setCurrencyAction} title={title} copy={copy} labels={labels} submit={t("addCurrency")} act="currency" form={form}>
      <Field name="currency" label={t("currency")} hint={t("currencyHint")} maxLength={3} autoComplete="off" required />
      <Field name="yen" label={t("yenOf")} hint={t("yenOfHint")} required {...figure} />
      <Field name="begins" type="date" label={t("begins")} defaultValue={await today()} required />
    </ActionForm>
  );
}
