import { notFound } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { Button } from "#components/ui/button";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { fieldsOfKind } from "#lib/console/provider-fields";
import { type ListedProviderAccount, listProviderAccounts } from "#lib/delivery/provider-accounts/store";
import { env } from "#lib/env";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../../gate";
import { actOnProviderAction, changeProviderAction } from "../actions";
import { labelsOf, ProviderFields } from "../fields";
import { Outcome } from "../outcome";
import { State } from "../state";
import { Checks } from "./checks";
import { Receipts } from "./receipts";

type Props = {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<"done" | "refused", string | string[] | undefined>>;
};

/** One provider account: its state, a check by a real text, its address for receipts, and its settings. */
export default async function ProviderPage({ params, searchParams }: Props) {
  const staff = await requireStaffPage("providers.read");
  const [line] = await listProviderAccounts((await params).name);
  if (!line || (line.kind === "demo" && !env().demo)) return notFound();
  const t = await getTranslations("consoleProviders");
  const { common } = await getMessages();
  const may = mayDo(staff.user.roles, "providers.change");
  const gate = may ? await consoleGate(staff, `/admin/providers/${line.name}`) : null;
  const form = may && !gate ? sessionForm(staff) : null;
  return (
    <div className="@container max-w-[52rem]">
      {form ? null : <title>{`${line.name} – ${site(common.brand).name}`}</title>}
      <PageHead title={line.name} back={{ href: "/admin/providers", label: t("back") }} />
      <Outcome {...(await searchParams)} />
      <Known line={line} />
      {may ? null : <p className="mt-4 text-ink-2">{t("onlyAdministrators")}</p>}
      {gate ? <div className="mt-6">{gate}</div> : null}
      <Checks line={line} form={form} />
      <Receipts line={line} form={form} />
      {form ? <Change line={line} form={form} /> : null}
      {form && line.kind !== "demo" ? <Remove line={line} form={form} /> : null}
    </div>
  );
}

async function Known({ line }: { line: ListedProviderAccount }) {
  const t = await getTranslations("consoleProviders");
  const countries = [...new Set(line.routes.map(({ country }) => (country === "*" ? t("everyCountry") : country)))].join(", ");
  const sealed = line.secrets.length > 0 && !line.secrets.includes("unreadable");
  return (
    <Facts
      facts={[
        { label: t("state"), value: <State line={line} /> },
        { label: t("kind"), value: line.kind },
        { label: t("countries"), value: countries || t("none") },
        { label: t("sender"), value: line.sender ?? t("senderNone") },
        { label: t("price"), value: line.price ? t("priceOf", { price: line.price }) : t("priceNone") },
        { label: t("secrets"), value: sealed ? t("secretsSealed", { names: line.secrets.join(", ") }) : t("none") },
      ]}
    />
  );
}

async function Change({ line, form }: { line: ListedProviderAccount; form: string }) {
  const kind = fieldsOfKind(line.kind);
  if (!kind) return null;
  const t = await getTranslations("consoleProviders");
  const words = await getMessages();
  return (
    <section aria-labelledby="change" className="mt-10">
      <h2 id="change" className="text-lg">
        {t("changeTitle")}
      </h2>
      <ActionForm
        action={changeProviderAction}
        title={line.name}
        copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
        labels={await labelsOf(kind)}
        submit={t("change")}
        act="change"
        form={form}
      >
        <ProviderFields kind={kind} line={line} />
      </ActionForm>
    </section>
  );
}

async function Remove({ line: { name }, form }: { line: ListedProviderAccount; form: string }) {
  const t = await getTranslations("consoleProviders");
  return (
    <details className="mt-10 border-t border-line pt-2">
      <summary className="min-h-11 cursor-pointer py-2 text-shu">{t("remove")}</summary>
      <form action={actOnProviderAction}>
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="name" value={name} />
        <p className="text-sm">{t("removeWhat", { name })}</p>
        <Button name="act" value="remove" kind="danger" small className="mt-3">
          {t("remove")}
        </Button>
      </form>
    </details>
  );
}
