import { redirect } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { CheckField, RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { HookForm } from "#components/form/hook-form";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { callsOffered } from "#lib/web/calls";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { beginStepUpAction } from "../../step-up/actions";
import { changePhoneAction, removePhoneAction } from "../actions";

type Props = { params: Promise<{ id: string }> };

export default async function EditPhone({ params }: Props) {
  const session = await requireSession({ returnTo: "/account/phones" });
  const { id } = await params;
  const phones = await listPhones(session.user.id);
  const phone = phones.find((one) => one.id === id);
  if (!phone) redirect("/account/phones");
  const words = await getMessages();
  const t = await getTranslations("own");
  const p = await getTranslations("phone");
  const a = await getTranslations("account");
  const form = sessionForm(session);
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name, true);
  const sms = { value: "sms", label: p("sms"), hint: p("smsHint") };
  const voice = { value: "voice", label: p("voice"), hint: p("voiceHint") };
  const channels = phone.voiceOnly || !(await callsOffered()) ? [] : phone.channel === "voice" ? [voice, sms] : [sms, voice];
  const title = [phone.name, a("phoneEnding", { digits: phone.lastDigits })].filter(Boolean).join(" ");
  return (
    <ActPage
      title={title}
      lead={t("phoneEdit")}
      back={{ href: "/account/phones", label: t("phonesTitle") }}
      gate={await gateOf(session, "manage_factors")}
      action="manage_factors"
      returnTo={`/account/phones/${phone.id}`}
      form={form}
      when={await whenWords()}
      begin={beginStepUpAction}
      ownTitle
    >
      <HookForm
        schema="changePhone"
        action={changePhoneAction}
        title={title}
        copy={copy}
        labels={{ name: t("phoneName"), channel: p("channel"), preferred: t("phoneMakeDefault") }}
        submit={t("phoneSave")}
        form={form}
      >
        <input type="hidden" name="id" value={phone.id} />
        <Field
          name="name"
          label={t("phoneName")}
          hint={t("phoneNameHint")}
          defaultValue={phone.name ?? ""}
          maxLength={40}
          autoComplete="off"
        />
        {channels.length > 0 ? <RadioField name="channel" legend={p("channel")} options={channels} /> : null}
        {phone.default ? null : <CheckField name="preferred" label={t("phoneMakeDefault")} optional />}
      </HookForm>
      <Card id="remove" title={t("phoneRemove")} className="mt-8">
        <p>{t(phones.length > 1 ? "phoneRemoveLead" : "phoneRemoveLast")}</p>
        {phones.length > 1 ? (
          <form action={removePhoneAction} className="mt-3">
            <input type="hidden" name="form" value={form} />
            <input type="hidden" name="id" value={phone.id} />
            <Button kind="danger" small>
              {t("phoneRemove")}
            </Button>
          </form>
        ) : null}
      </Card>
    </ActPage>
  );
}
