import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ShownOnce } from "#components/console/shown-once";
import { ActionForm } from "#components/form/action-form";
import { CheckField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { TextArea } from "#components/form/text-area";
import { Logo } from "#components/logo";
import { Callout } from "#components/ui/callout";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { REASON } from "#lib/console/reason";
import { namedSettings } from "#lib/console/settings";
import { brands, serviceNameIn, smsText } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import { type ServiceShown, serviceOfEnvironment, shownAs } from "#lib/policy/service";
import { type Settings, settings, storedAs } from "#lib/policy/settings";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../../gate";
import { changeServiceAction } from "./actions";

type Props = { searchParams: Promise<Record<"done" | "refused", string | string[] | undefined>> };

/** Whose service this is: as pages, mails and texts show it, and the form that changes it. */
export default async function ServicePage({ searchParams }: Props) {
  const staff = await requireStaffPage("setup.read");
  const t = await getTranslations("consoleService");
  const { common, staffReasons } = await getMessages();
  const { done, refused } = await searchParams;
  const line = (await namedSettings()).find(({ name }) => name === "service");
  const set = storedAs("service", line?.value ?? settings.service.initial);
  const environment = serviceOfEnvironment();
  const shown = shownAs(set, environment);
  const may = mayDo(staff.user.roles, "policy.change");
  const gate = may ? await consoleGate(staff, "/admin/setup/service") : null;
  const form = may && !gate ? sessionForm(staff) : null;
  const when = await whenWords();
  return (
    <div className="@container max-w-[44rem]">
      {form ? null : <title>{`${t("title")} – ${site(common.brand).name}`}</title>}
      <PageHead title={t("title")} lead={t("lead")} back={{ href: "/admin/setup", label: t("back") }} />
      {done === "change" ? (
        <Callout tone="good" role="status" className="mb-4">
          {t("done")}
        </Callout>
      ) : null}
      {typeof refused === "string" ? (
        <Callout tone="warn" role="alert" className="mb-4">
          {Object.hasOwn(staffReasons, refused) ? staffReasons[refused as keyof typeof staffReasons] : t("kept")}
        </Callout>
      ) : null}
      <Preview shown={shown} />
      <Known shown={shown} />
      <p className="hint">{line?.set ? t("set", { time: when(line.set.at), by: line.set.by }) : t("unset")}</p>
      {may ? null : <p className="mt-4 text-ink-2">{t("onlyAdministrators")}</p>}
      {gate ? <div className="mt-6">{gate}</div> : null}
      {form ? <Change set={set} environment={environment} form={form} /> : null}
    </div>
  );
}

/** The head of a page in both themes, and a text. */
async function Preview({ shown }: { shown: ServiceShown }) {
  const t = await getTranslations("consoleService");
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const name = serviceNameIn(shown.name, brands[locale]);
  const service = { name, publicOrigin: env().publicOrigin, minutes: 10 };
  return (
    <section aria-labelledby="preview" className="mb-6">
      <h2 id="preview" className="text-lg">
        {t("preview")}
      </h2>
      <div className="grid gap-3 @[36rem]:grid-cols-2">
        {(["light", "dark"] as const).map((theme) => (
          <div key={theme} data-theme={theme} className="rounded-lg border border-line bg-paper p-4 text-ink">
            <p className="text-[0.8125rem] text-ink-2">{t(theme)}</p>
            <p className="mt-1 inline-flex min-h-11 items-center gap-2.5 font-mincho text-lg font-bold text-ink [&_svg]:size-7 [&_svg]:text-shu">
              <Logo digest={shown.logo} />
              {name}
            </p>
            <p className="text-ai underline underline-offset-4">{t("previewLink")}</p>
          </div>
        ))}
      </div>
      <p className="mt-3 text-[0.8125rem] text-ink-2">{t("previewText")}</p>
      <p className="max-w-[24rem] rounded-lg border border-line bg-sunk px-3 py-2 text-[0.9375rem] wrap-anywhere whitespace-pre-line">
        {smsText({ ja: t("previewPurpose"), en: t("previewPurpose") }, locale, "012345", service)}
      </p>
    </section>
  );
}

async function Known({ shown: { contact, terms, privacy, senderNumber, accent } }: { shown: ServiceShown }) {
  const t = await getTranslations("consoleService");
  const document = (one: ServiceShown["terms"]) =>
    one ? t(one.version ? "documentOf" : "documentBare", { url: one.url, version: one.version ?? "" }) : t("none");
  return (
    <Facts
      facts={[
        { label: t("contact"), value: contact?.text ?? t("none") },
        { label: t("terms"), value: document(terms) },
        { label: t("privacy"), value: document(privacy) },
        { label: t("senderNumber"), value: senderNumber ?? t("none") },
        { label: t("accent"), value: accent ? t("accentOf", accent) : t("accentNone") },
      ]}
    />
  );
}

type ChangeProps = { set: Settings["service"]; environment: ServiceShown; form: string };

async function Change({ set, environment, form }: ChangeProps) {
  const t = await getTranslations("consoleService");
  const words = await getMessages();
  const said = (value: string | null | undefined) => (value ? t("environment", { value }) : t("environmentNone"));
  const line = { type: "text", autoComplete: "off", maxLength: 300 } as const;
  const labels = {
    ...{ name: t("name"), logo: t("logo"), accentDay: t("accentDay"), accentNight: t("accentNight"), contact: t("contact") },
    ...{ termsUrl: t("termsUrl"), termsVersion: t("termsVersion"), privacyUrl: t("privacyUrl"), privacyVersion: t("privacyVersion") },
    ...{ senderNumber: t("senderNumber"), reason: t("reason") },
  };
  return (
    <section aria-labelledby="change" className="mt-10">
      <h2 id="change" className="text-lg">
        {t("change")}
      </h2>
      <p className="text-[0.9375rem] text-ink-2">{t("rule")}</p>
      <ActionForm
        action={changeServiceAction}
        title={t("title")}
        copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
        labels={labels}
        submit={t("save")}
        act="change"
        form={form}
      >
        <Field
          name="name"
          label={labels.name}
          hint={`${t("nameHint")} ${said(environment.name)}`}
          defaultValue={set.name ?? ""}
          {...line}
        />
        <Field name="logo" type="file" label={labels.logo} hint={t("logoHint")} accept="image/png,image/jpeg,image/webp" />
        {set.logo ? <CheckField name="removeLogo" label={t("removeLogo")} optional /> : null}
        <Field name="accentDay" label={labels.accentDay} hint={t("accentDayHint")} defaultValue={set.accent.day ?? ""} {...line} />
        <Field name="accentNight" label={labels.accentNight} hint={t("accentNightHint")} defaultValue={set.accent.night ?? ""} {...line} />
        <ShownOnce name="seen" />
        <Field
          name="contact"
          label={labels.contact}
          hint={`${t("contactHint")} ${said(environment.contact?.text)}`}
          defaultValue={set.contact ?? ""}
          {...line}
        />
        <Field name="termsUrl" label={labels.termsUrl} hint={said(environment.terms?.url)} defaultValue={set.terms?.url ?? ""} {...line} />
        <Field
          name="termsVersion"
          label={labels.termsVersion}
          hint={`${t("versionHint")} ${said(environment.terms?.version)}`}
          defaultValue={set.terms?.version ?? ""}
          {...line}
        />
        <Field
          name="privacyUrl"
          label={labels.privacyUrl}
          hint={said(environment.privacy?.url)}
          defaultValue={set.privacy?.url ?? ""}
          {...line}
        />
        <Field
          name="privacyVersion"
          label={labels.privacyVersion}
          hint={said(environment.privacy?.version)}
          defaultValue={set.privacy?.version ?? ""}
          {...line}
        />
        <Field
          name="senderNumber"
          label={labels.senderNumber}
          hint={`${t("senderHint")} ${said(environment.senderNumber)}`}
          defaultValue={set.senderNumber ?? ""}
          {...line}
        />
        <TextArea name="reason" label={labels.reason} hint={t("reasonHint")} maxLength={REASON.most} required />
      </ActionForm>
    </section>
  );
}
