import { redirect } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { ActionForm } from "#components/form/action-form";
import { TextArea } from "#components/form/text-area";
import { Empty } from "#components/ui/empty";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { REASON } from "#lib/console/reason";
import { type NamedChange, namedHistory, namedSettings } from "#lib/console/settings";
import { env } from "#lib/env";
import { budgetsNow } from "#lib/limits/budgets";
import { budgetRings } from "#lib/limits/policy";
import { isSetting, type SettingName, settings } from "#lib/policy/settings";
import { trustedDevicesOn } from "#lib/sessions/trusted-device";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage, type StaffSession } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../gate";
import { OneAdministrator } from "../one-administrator";
import { ActOutcome } from "../outcome";
import { changePolicyAction } from "./actions";
import { SettingFields } from "./fields";
import { labelsOf } from "./labels";
import { Value } from "./value";

type Query = Record<"setting" | "done" | "refused", string | string[] | undefined>;
type Props = { searchParams: Promise<Query> };

/** The settings of the product: what each does, its value, who set it, and the form of the one that is being changed. */
export default async function PolicyPage({ searchParams }: Props) {
  const staff = await requireStaffPage("policy.read");
  const { setting, done, refused } = await searchParams;
  const may = mayDo(staff.user.roles, "policy.change");
  if (setting === "service") redirect("/admin/setup/service");
  if (setting === "plan") redirect("/admin/setup/choose");
  if (may && typeof setting === "string" && isSetting(setting)) return <Change name={setting} staff={staff} />;
  const t = await getTranslations("consolePolicy");
  const { common } = await getMessages();
  return (
    <div className="@container">
      <title>{`${t("title")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("title")} lead={t("lead")} />
      <Outcome done={done} refused={refused} />
      <OneAdministrator />
      {may ? null : <p className="mb-4 text-ink-2">{t("onlyAdministrators")}</p>}
      <List may={may} />
      <Environment />
      <History />
    </div>
  );
}

async function Outcome({ done, refused }: Pick<Query, "done" | "refused">) {
  const t = await getTranslations("consolePolicy");
  const said = typeof done === "string" && isSetting(done) ? t("done") : null;
  return <ActOutcome said={said} refused={refused} otherwise={t("kept")} className="mb-4" />;
}

/** What a setting does, in the language of the page. */
async function says(name: SettingName): Promise<string> {
  return settings[name].says[(await getLocale()) === "en" ? "en" : "ja"];
}

async function List({ may }: { may: boolean }) {
  const t = await getTranslations("consolePolicy");
  const { consoleSettings } = await getMessages();
  const when = await whenWords();
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  return (
    <ul className="border-t-2 border-ink">
      {(await namedSettings()).map(({ name, value, set }) => (
        <li key={name} className="border-b border-line py-4">
          <h2 className="text-base">
            {consoleSettings[name]} <code className="font-mono text-sm font-normal text-ink-2">{name}</code>
          </h2>
          <p className="text-sm text-ink-2">{settings[name].says[locale]}</p>
          <div className="mt-2 flex flex-wrap items-baseline justify-between gap-x-4">
            <div>
              <div className="font-bold">
                <Value name={name} value={value} />
              </div>
              <p className="hint">{set ? t("set", { time: when(set.at), by: set.by }) : t("unset")}</p>
            </div>
            {may ? (
              <a
                className="inline-flex min-h-11 items-center"
                href={`/admin/policy?setting=${name}`}
                aria-label={t("changeOf", { name: consoleSettings[name] })}
              >
                {t("change")}
              </a>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** What the environment decides when the product starts. */
async function Environment() {
  const t = await getTranslations("consolePolicy");
  const { sendsPerDay, sendsPerCountry } = budgetRings(budgetsNow());
  return (
    <section aria-labelledby="environment" className="mt-10">
      <h2 id="environment" className="text-lg">
        {t("environment")}
      </h2>
      <p className="hint mb-2">{t("environmentLead")}</p>
      <Facts
        facts={[
          { label: t("trustedDevices"), value: t(trustedDevicesOn() ? "trustedOn" : "trustedOff") },
          { label: t("budgetDay"), value: t("texts", { count: sendsPerDay.max }) },
          { label: t("budgetHour"), value: t("texts", { count: sendsPerCountry.max }) },
          { label: t("accountsPerPhone"), value: t("accounts", { count: env().ACCOUNTS_PER_PHONE }) },
        ]}
      />
    </section>
  );
}

async function History() {
  const t = await getTranslations("consolePolicy");
  const { consoleSettings } = await getMessages();
  const when = await whenWords();
  const changes = await namedHistory();
  return (
    <section aria-labelledby="history" className="mt-10">
      <h2 id="history" className="text-lg">
        {t("history")}
      </h2>
      {changes.length === 0 ? (
        <Empty title={t("historyNone")}>{t("historyNoneText")}</Empty>
      ) : (
        <>
          <p className="hint mb-2">{t("historyLead")}</p>
          <RecordTable<NamedChange>
            caption={t("history")}
            rows={changes}
            keyOf={({ id }) => id}
            columns={[
              { key: "time", head: t("time"), cell: ({ at }) => <time dateTime={at}>{when(at)}</time> },
              { key: "setting", head: t("setting"), cell: ({ name }) => consoleSettings[name] },
              { key: "value", head: t("changedTo"), cell: ({ name, value }) => <Value name={name} value={value} /> },
              { key: "who", head: t("who"), cell: ({ by }) => by },
            ]}
          />
        </>
      )}
    </section>
  );
}

async function Change({ name, staff }: { name: SettingName; staff: StaffSession }) {
  const t = await getTranslations("consolePolicy");
  const words = await getMessages();
  const title = t("changeOf", { name: words.consoleSettings[name] });
  const line = (await namedSettings()).find((one) => one.name === name);
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  const gate = await consoleGate(staff, `/admin/policy?setting=${name}`);
  return (
    <div className="@container max-w-[44rem]">
      {gate ? <title>{`${title} – ${copy.service}`}</title> : null}
      <PageHead title={title} lead={await says(name)} back={{ href: "/admin/policy", label: t("back") }} />
      {gate ?? (
        <ActionForm
          action={changePolicyAction}
          title={title}
          copy={copy}
          labels={await labelsOf(name, line?.value)}
          submit={t("save")}
          form={sessionForm(staff)}
        >
          <input type="hidden" name="setting" value={name} />
          <SettingFields name={name} value={line?.value} />
          <TextArea name="reason" label={t("reason")} hint={t("reasonHint")} maxLength={REASON.most} required />
        </ActionForm>
      )}
    </div>
  );
}
