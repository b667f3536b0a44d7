import { notFound } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { CheckField, RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import { PageHead } from "#components/ui/page-head";
import { accountsInUse } from "#lib/console/proven";
import { type Scene, scenes } from "#lib/console/rehearsal-rule";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { formCopy } from "#lib/words/form-copy";
import { consoleGate } from "../../../gate";
import { sendRehearsalAction } from "../actions";
import { handsets, rehearsalNames } from "../names";

type Props = { searchParams: Promise<Record<"handset" | "scene" | "provider", string | string[] | undefined>> };

/** The form of one rehearsal: a handset, or something that goes wrong on purpose. */
export default async function SendPage({ searchParams }: Props) {
  const staff = await requireStaffPage("setup.read");
  const query = await searchParams;
  const scene = scenes.find((one) => one === query.scene) ?? null;
  const handset = handsets.find(({ key }) => key === query.handset) ?? handsets[0];
  if (!handset) return notFound();
  const t = await getTranslations("consoleRehearse");
  const { common } = await getMessages();
  const names = await rehearsalNames();
  const title = scene
    ? t("sendTitleScene", { name: names.scene(scene) })
    : t("sendTitle", { name: names.handset(handset.line, handset.system) });
  const provider = typeof query.provider === "string" ? query.provider : "";
  const here = `/admin/setup/rehearse/send?${scene ? `scene=${scene}` : `handset=${handset.key}`}${provider ? `&provider=${encodeURIComponent(provider)}` : ""}`;
  const may = mayDo(staff.user.roles, "setup.rehearse");
  const gate = may ? await consoleGate(staff, here) : null;
  const drawn = may && !gate;
  return (
    <div className="@container max-w-[44rem]">
      {drawn ? null : <title>{`${title} – ${site(common.brand).name}`}</title>}
      <PageHead
        title={title}
        lead={scene ? t(`do_${scene}`) : t("sendLead")}
        back={{ href: "/admin/setup/rehearse", label: t("backHere") }}
      />
      {may ? gate : <p className="text-ink-2">{t("onlyAdministrators")}</p>}
      {drawn ? <Form scene={scene} handset={handset.key} provider={provider} title={title} form={sessionForm(staff)} /> : null}
    </div>
  );
}

type FormProps = { scene: Scene | null; handset: string; provider: string; title: string; form: string };

async function Form({ scene, handset, provider, title, form }: FormProps) {
  const t = await getTranslations("consoleRehearse");
  const words = await getMessages();
  const names = await rehearsalNames();
  const accounts = await accountsInUse();
  const labels = { handset: t("which"), channel: t("how"), provider: t("provider"), number: t("number"), consent: t("consent") };
  return (
    <ActionForm
      action={sendRehearsalAction}
      title={title}
      copy={formCopy(words, await getLocale(), site(words.common.brand).name, true)}
      labels={labels}
      submit={t(scene === "all_down" ? "submitNobody" : "submit")}
      act="send"
      form={form}
    >
      <input type="hidden" name="scene" value={scene ?? "handset"} />
      {scene ? null : (
        <Select
          name="handset"
          label={labels.handset}
          defaultValue={handset}
          options={handsets.map(({ key, line, system }) => ({ value: key, label: names.handset(line, system) }))}
        />
      )}
      {scene && scene !== "first_off" ? null : (
        <RadioField
          name="channel"
          legend={labels.channel}
          options={[
            { value: "sms", label: t("sms") },
            { value: "voice", label: t("voice") },
          ]}
        />
      )}
      {scene || accounts.length < 2 ? null : (
        <Select
          name="provider"
          label={labels.provider}
          defaultValue={accounts.some(({ name }) => name === provider) ? provider : ""}
          options={[{ value: "", label: t("providerAll") }, ...accounts.map(({ name }) => ({ value: name, label: name }))]}
        />
      )}
      {scene === "all_down" ? null : (
        <>
          <Field
            name="number"
            label={labels.number}
            hint={t("numberHint")}
            type="tel"
            inputMode="tel"
            autoComplete="off"
            maxLength={64}
            required
          />
          <CheckField name="consent" label={labels.consent} />
        </>
      )}
    </ActionForm>
  );
}
