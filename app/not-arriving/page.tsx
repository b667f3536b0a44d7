import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Carriers } from "#components/help/carriers";
import { CallChecks, Checklist } from "#components/help/checklist";
import { OtherWays } from "#components/help/other-ways";
import { callsOffered } from "#lib/web/calls";
import { currentChallenge } from "#lib/web/challenge";
import { site } from "#lib/web/site";

export async function generateMetadata(): Promise<Metadata> {
  const { help, common } = await getMessages();
  return { title: `${help.title} – ${site(common.brand).name}`, description: help.lead };
}

/** The help page for missing messages; it needs no challenge. */
export default async function NotArriving() {
  const { help, common } = await getMessages();
  const t = await getTranslations("help");
  const challenge = await currentChallenge();
  const waiting = challenge?.state === "open";
  const texted = challenge?.view.delivery?.method === "sms" ? challenge.view.delivery.sender : undefined;
  const sender = texted ?? site(common.brand).senderNumber;
  const calls = await callsOffered();
  return (
    <div className="column reading">
      <h1>{t("title")}</h1>
      <p className="lead">{t("lead")}</p>
      <p className="mt-5 flex flex-wrap items-center gap-x-5 gap-y-3">
        <a className="button small" href={waiting ? "/verify" : "/sign-in"}>
          {waiting ? t("back") : t("signIn")}
        </a>
        <a href="#other-ways">{t("toWays")}</a>
      </p>
      <div className="facts mt-8">
        <Checklist sender={sender} words={help} />
        <Carriers sender={sender} calls={calls} words={help} />
        {calls ? <CallChecks words={help} /> : null}
        <OtherWays calls={calls} words={help} />
        <section aria-labelledby="safe">
          <h2 id="safe">{t("safeTitle")}</h2>
          <p className="mt-2">{t("safe")}</p>
        </section>
      </div>
      <a className="button small mt-4" href={waiting ? "/verify" : "/sign-in"}>
        {waiting ? t("back") : t("signIn")}
      </a>
    </div>
  );
}
