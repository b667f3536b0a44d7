import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { PageHead } from "#components/ui/page-head";
import { Row, Rows } from "#components/ui/rows";
import { type ListedProviderAccount, listProviderAccounts } from "#lib/delivery/provider-accounts/store";
import { env } from "#lib/env";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { consoleGate } from "../gate";
import { actOnProviderAction } from "./actions";
import { Outcome } from "./outcome";
import { RoutePicture } from "./route-picture";
import { State } from "./state";

type Props = { searchParams: Promise<Record<"done" | "refused", string | string[] | undefined>> };

/** The providers in the order in which texts ask them, and the way that a text takes now. */
export default async function ProvidersPage({ searchParams }: Props) {
  const staff = await requireStaffPage("providers.read");
  const t = await getTranslations("consoleProviders");
  const { common } = await getMessages();
  const may = mayDo(staff.user.roles, "providers.change");
  const gate = may ? await consoleGate(staff, "/admin/providers") : null;
  const lines = (await listProviderAccounts()).filter(({ kind }) => kind !== "demo" || env().demo);
  return (
    <div className="@container">
      <title>{`${t("title")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("title")} lead={t("lead")} />
      <Outcome {...(await searchParams)} />
      <RoutePicture lines={lines} form={may && !gate ? sessionForm(staff) : null} />
      <section aria-labelledby="accounts">
        <h2 id="accounts" className="text-lg">
          {t("accounts")}
        </h2>
        <Rows ordered className="mb-4">
          {lines.map((line) => (
            <Line key={line.id} line={line} form={may && !gate ? sessionForm(staff) : null} />
          ))}
        </Rows>
        {may ? (
          <Button href="/admin/providers/add" kind="secondary" small>
            {t("add")}
          </Button>
        ) : (
          <p className="text-ink-2">{t("onlyAdministrators")}</p>
        )}
      </section>
      {gate ? <div className="mt-8">{gate}</div> : null}
    </div>
  );
}

async function Line({ line, form }: { line: ListedProviderAccount; form: string | null }) {
  const t = await getTranslations("consoleProviders");
  const { name } = line;
  const countries = [...new Set(line.routes.map(({ country }) => (country === "*" ? t("everyCountry") : country)))].join(", ");
  const act = line.disabled ? ("enable" as const) : ("disable" as const);
  return (
    <Row
      title={<b className="font-mono">{name}</b>}
      badges={<State line={line} />}
      meta={[line.kind, countries, line.sender ?? "", line.price ? t("priceOf", { price: line.price }) : t("priceNone")].filter(Boolean)}
      actions={
        <>
          <a className="inline-flex min-h-11 items-center" href={`/admin/providers/${name}`} aria-label={t("openOf", { name })}>
            {t("open")}
          </a>
          {form ? (
            <form action={actOnProviderAction} className="flex flex-wrap gap-2">
              <input type="hidden" name="form" value={form} />
              <input type="hidden" name="name" value={name} />
              <Button name="act" value={act} kind="secondary" small aria-label={t(`${act}Of`, { name })}>
                {t(act)}
              </Button>
            </form>
          ) : null}
        </>
      }
    />
  );
}
