import { redirect } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { CheckField, RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { HookForm } from "#components/form/hook-form";
import { Risks } from "#components/risks";
import { callsCarried, stoppedEverywhere } from "#lib/accounts/bind-phone";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { beginStepUpAction } from "../../step-up/actions";
import { addPhoneAction } from "../actions";

type Props = { searchParams: Promise<{ replaces?: string | string[]; taken?: string | string[] }> };

export default async function AddPhone({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/phones" });
  const { replaces, taken } = await searchParams;
  const old = replaces === undefined ? null : (await listPhones(session.user.id)).find(({ id }) => id === replaces);
  if (old === undefined) redirect("/account/phones");
  const words = await getMessages();
  const t = await getTranslations("own");
  const p = await getTranslations("phone");
  const when = await whenWords();
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name, true);
  const [carried, stopped] = await Promise.all([callsCarried(), stoppedEverywhere()]);
  const calls = carried && !stopped.includes("voice");
  const channels = [
    ...(stopped.includes("sms") ? [] : [{ value: "sms", label: p("sms"), hint: p("smsHint") }]),
    ...(calls ? [{ value: "voice", label: p("voice"), hint: p("voiceHint") }] : []),
  ];
  const later = typeof taken === "string" && !Number.isNaN(Date.parse(taken)) ? when(taken) : null;
  return (
    <ActPage
      title={t(old ? "phoneReplace" : "phoneAdd")}
      lead={old ? t("phoneReplaceLead", { digits: old.lastDigits }) : t("phoneAddLead")}
      trouble={taken === undefined ? null : later ? t("phoneTakenLater", { time: later }) : t("phoneTaken")}
      back={{ href: "/account/phones", label: t("phonesTitle") }}
      gate={await gateOf(session, "manage_factors")}
      action="manage_factors"
      returnTo={old ? `/account/phones/add?replaces=${old.id}` : "/account/phones/add"}
      form={sessionForm(session)}
      when={when}
      begin={beginStepUpAction}
      ownTitle
    >
      <HookForm
        schema="addPhone"
        action={addPhoneAction}
        title={t(old ? "phoneReplace" : "phoneAdd")}
        copy={copy}
        labels={{ number: p("number"), channel: p("channel"), acceptRisk: p("acceptRisk") }}
        submit={p("submit")}
        form={sessionForm(session)}
      >
        {old ? <input type="hidden" name="replaces" value={old.id} /> : null}
        <Field name="number" type="tel" label={p("number")} hint={p("numberHint")} autoComplete="tel" required />
        <RadioField name="channel" legend={p("channel")} options={channels} />
        <Risks calls={calls} />
        <CheckField name="acceptRisk" label={p("acceptRisk")} />
      </HookForm>
    </ActPage>
  );
}
