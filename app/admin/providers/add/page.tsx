import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { PageHead } from "#components/ui/page-head";
import { Row, Rows } from "#components/ui/rows";
import { enterable, fieldsOfKind } from "#lib/console/provider-fields";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../../gate";
import { addProviderAction } from "../actions";
import { labelsOf, ProviderFields } from "../fields";

type Props = { searchParams: Promise<{ kind?: string | string[] }> };

/** Enters a provider account: first its kind, then what that kind needs, one sentence for each setting. */
export default async function AddProviderPage({ searchParams }: Props) {
  const staff = await requireStaffPage("providers.read");
  const { kind: name } = await searchParams;
  const t = await getTranslations("consoleProviders");
  const words = await getMessages();
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const service = site(words.common.brand).name;
  const kind = typeof name === "string" ? fieldsOfKind(name) : undefined;
  const title = kind ? t("addTitle", { kind: kind.kind.kind }) : t("chooseKind");
  const may = mayDo(staff.user.roles, "providers.add");
  const gate = may && kind ? await consoleGate(staff, `/admin/providers/add?kind=${kind.kind.kind}`) : null;
  const drawn = may && kind && !gate;
  return (
    <div className="@container max-w-[44rem]">
      {drawn ? null : <title>{`${title} – ${service}`}</title>}
      <PageHead
        title={title}
        lead={kind ? kind.kind.words.about[locale] : t("chooseKindLead")}
        back={{ href: "/admin/providers", label: t("back") }}
      />
      {may ? null : <p className="text-ink-2">{t("onlyAdministrators")}</p>}
      {gate}
      {may && !kind ? (
        <Rows>
          {enterable.map((one) => (
            <Row
              key={one.kind}
              title={
                <a className="inline-flex min-h-11 items-center" href={`/admin/providers/add?kind=${one.kind}`}>
                  {one.kind}
                </a>
              }
              meta={[one.words.about[locale]]}
            />
          ))}
        </Rows>
      ) : null}
      {drawn ? (
        <ActionForm
          action={addProviderAction}
          title={title}
          copy={formCopy(words, locale, service)}
          labels={await labelsOf(kind)}
          submit={t("save")}
          act="add"
          form={sessionForm(staff)}
        >
          <ProviderFields kind={kind} />
        </ActionForm>
      ) : null}
    </div>
  );
}
