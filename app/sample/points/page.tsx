import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { z } from "zod";
import { ActionForm } from "#components/form/action-form";
import { RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { TenLines, tenLines } from "#components/sample/ten-lines";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Card, Surface } from "#components/ui/card";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { type ConfirmationLine, readConfirmation } from "#lib/accounts/confirmations";
import { env } from "#lib/env";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { actingOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { askAction, exchangeAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { sample, common } = await getMessages();
  return { title: `${sample.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ id?: string | string[]; refused?: string | string[] }> };

/** A sample site that asks for a confirmation; 404 unless the operator's settings have its act. */
export default async function Points({ searchParams }: Props) {
  if (!env().confirmationActs.some(({ act, unit }) => act === "points_exchange" && unit === "pt")) notFound();
  const session = await requireSession({ returnTo: "/sample/points" });
  const { id, refused } = await searchParams;
  const words = await getMessages();
  const t = await getTranslations("sample");
  const order = z.uuid().safeParse(id).success ? await readConfirmation(actingOf(session), String(id)) : null;
  const form = sessionForm(session);
  return (
    <div className="column reading">
      <PageHead title={t("title")} lead={t("lead")} back={{ href: "/account", label: words.account.back }}>
        <p className="mt-2">
          <Badge tone="warn">{t("badge")}</Badge>
        </p>
      </PageHead>
      {refused !== undefined && !order?.receipt ? (
        <Callout tone="warn" role="alert" className="mb-4">
          {t("refused")}
        </Callout>
      ) : null}
      {order ? <Order order={order} form={form} /> : <Ask form={form} />}
      <Card id="lines" title={t("linesTitle")} className="mt-8">
        <p>{t("linesLead")}</p>
        <TenLines label={t("linesTitle")} lines={tenLines(env().publicOrigin, t("yamada"))} />
      </Card>
    </div>
  );
}

/** The form of an exchange. */
async function Ask({ form }: { form: string }) {
  const words = await getMessages();
  const t = await getTranslations("sample");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <Surface>
      <ActionForm
        action={askAction}
        title={t("title")}
        copy={copy}
        labels={{ amount: t("amount"), shop: t("shop") }}
        submit={t("submit")}
        form={form}
      >
        <Field name="amount" label={t("amount")} hint={t("amountHint")} inputMode="numeric" autoComplete="off" required />
        <RadioField
          name="shop"
          legend={t("shop")}
          options={(["yamada", "hana", "midori"] as const).map((shop) => ({ value: shop, label: t(shop) }))}
        />
      </ActionForm>
    </Surface>
  );
}

/** A requested exchange: what it waits for, or its receipt. */
async function Order({ order, form }: { order: ConfirmationLine; form: string }) {
  const { confirming } = await getMessages();
  const t = await getTranslations("sample");
  const { receipt, confirmed, over } = order;
  const facts = [
    { label: confirming.payee, value: <bdi>{order.payee}</bdi> },
    { label: confirming.amount, value: `${order.amount} ${order.unit}` },
    { label: t("reference"), value: order.reference },
  ];
  if (receipt)
    return (
      <Card id="order" title={t("doneTitle")}>
        <p role="status">{t("doneLead")}</p>
        <Facts
          className="mt-3"
          facts={[
            ...facts,
            { label: t("receipt"), value: <code className="font-mono text-[0.8125rem] break-all">{receipt}</code> },
            { label: t("keys"), value: <a href="/.well-known/jwks.json">/.well-known/jwks.json</a> },
          ]}
        />
        <p className="mt-4">
          <a href="/sample/points">{t("another")}</a>
        </p>
      </Card>
    );
  return (
    <Card id="order" title={t(confirmed && !over ? "confirmedTitle" : "title")}>
      <p role="status">{t(over ? "over" : confirmed ? "confirmedLead" : "waiting")}</p>
      <Facts className="mt-3" facts={facts} />
      {confirmed && !over ? (
        <form action={exchangeAction} name="exchange" className="mt-4">
          <input type="hidden" name="form" value={form} />
          <input type="hidden" name="id" value={order.id} />
          <Button>{t("exchange")}</Button>
        </form>
      ) : (
        <p className="mt-4">{over ? <a href="/sample/points">{t("again")}</a> : <a href="/verify">{t("toVerify")}</a>}</p>
      )}
    </Card>
  );
}
