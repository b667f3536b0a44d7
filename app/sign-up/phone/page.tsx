import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { Closed } from "#components/closed";
import { ActionForm } from "#components/form/action-form";
import { CheckField, RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { Journey } from "#components/journey";
import { Risks } from "#components/risks";
import { FactorLinks } from "#components/sign-up/factor-links";
import { WithoutTexts } from "#components/sign-up/without-texts";
import { Callout } from "#components/ui/callout";
import { Facts } from "#components/ui/facts";
import { WhoseAccount } from "#components/whose";
import { broughtNumber, callsCarried, stoppedEverywhere } from "#lib/accounts/bind-phone";
import { formName } from "#lib/crypto/form-name";
import { challengeToken } from "#lib/web/challenge";
import { drawnNotice } from "#lib/web/drawn-notice";
import { type SigningUpPage, signingUp } from "#lib/web/signing-up";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { whoseWords } from "#lib/words/whose";
import { bindPhoneAction } from "./actions";

type Props = { searchParams: Promise<{ taken?: string | string[]; drawn?: string | string[] }> };

export default async function BindPhone({ searchParams }: Props) {
  const { challenge, allowed, recovering } = await signingUp();
  const { taken, drawn } = await searchParams;
  const form = formName(challenge.id);
  const words = await getMessages();
  const t = await getTranslations("phone");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name, true);
  const [carried, stopped] = await Promise.all([callsCarried(), stoppedEverywhere()]);
  const brought = await broughtNumber(await challengeToken());
  const calls = carried && !stopped.includes("voice");
  const channels = [
    ...(stopped.includes("sms") ? [] : [{ value: "sms", label: t("sms"), hint: t("smsHint") }]),
    ...(calls ? [{ value: "voice", label: t("voice"), hint: t("voiceHint") }] : []),
  ];
  const open = allowed.includes("phone");
  if ((channels.length === 0 || !open) && allowed.some((kind) => kind !== "phone"))
    return <Others page={{ challenge, allowed, recovering }} stopped={open ? words.stops.bind : null} />;
  if (channels.length === 0)
    return <Closed title={t("title")} service={copy.service} text={words.stops.bind} signIn={words.common.signIn} />;
  const title = recovering ? words.lostPhone.bindTitle : t("title");
  return (
    <div className="column">
      {recovering ? null : <Journey step="phone" words={words.journey} />}
      <div className="card">
        <WhoseAccount label={words.drawn.account} account={whoseWords(challenge.whose, words.account)} />
        <h1>{title}</h1>
        <p className="lead mb-6">{recovering ? words.lostPhone.bindLead : t("lead")}</p>
        <WithoutTexts allowed={allowed} words={words.noTexts} />
        {taken === undefined ? null : <Taken calls={calls} />}
        <ActionForm
          key={form}
          form={form}
          notice={await drawnNotice(drawn)}
          action={bindPhoneAction}
          title={title}
          copy={copy}
          labels={{ number: t("number"), channel: t("channel"), acceptRisk: t("acceptRisk") }}
          submit={t("submit")}
        >
          <Field
            name="number"
            type="tel"
            label={t("number")}
            hint={brought ? t("numberBrought", { digits: brought.slice(-2) }) : t("numberHint")}
            autoComplete="tel"
            required={brought === null}
          />
          <RadioField name="channel" legend={t("channel")} options={channels} />
          <Risks calls={calls} />
          <CheckField name="acceptRisk" label={t("acceptRisk")} />
        </ActionForm>
        <p className="hint mt-4">{recovering ? words.lostPhone.bindLeave : words.verify.leaveBind}</p>
      </div>
    </div>
  );
}

/** Shown where no number can be registered: the reason, and the other factors that complete a sign-up. */
async function Others({ page: { challenge, allowed, recovering }, stopped }: { page: SigningUpPage; stopped: string | null }) {
  const { journey, drawn, account, noTexts, verify, common, lostPhone } = await getMessages();
  return (
    <div className="column">
      {recovering ? null : <Journey step="phone" words={journey} />}
      <div className="card">
        <WhoseAccount label={drawn.account} account={whoseWords(challenge.whose, account)} />
        <title>{`${recovering ? lostPhone.bindOthersTitle : noTexts.title} – ${site(common.brand).name}`}</title>
        <h1>{recovering ? lostPhone.bindOthersTitle : noTexts.title}</h1>
        <p className="lead mb-6">{recovering ? lostPhone.bindLead : noTexts.lead}</p>
        {stopped ? <Callout tone="warn">{stopped}</Callout> : null}
        <FactorLinks kinds={allowed.filter((kind) => kind !== "phone")} words={noTexts} />
        <p className="hint mt-4">{recovering ? lostPhone.bindLeave : verify.leaveBind}</p>
      </div>
    </div>
  );
}

/** Shown only after the user has proven possession of the number: what happened, and the alternatives. */
async function Taken({ calls }: { calls: boolean }) {
  const t = await getTranslations("phone");
  const ways = [
    [
      t("takenOwn"),
      <a key="own" href="/sign-in">
        {t("takenSignIn")}
      </a>,
    ],
    [t("takenLost"), t("takenLostText")],
    [t("takenOther"), calls ? t("takenOtherTextCall") : t("takenOtherText")],
    [t("takenStranger"), t("takenStrangerText")],
  ] as const;
  return (
    <Callout tone="warn" role="alert" id="taken" title={t("takenTitle")} className="mt-4">
      <p>{t("taken")}</p>
      <Facts stacked className="mt-3" facts={ways.map(([label, value]) => ({ label, value }))} />
    </Callout>
  );
}
