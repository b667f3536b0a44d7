import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Carriers } from "#components/help/carriers";
import { CallChecks, Checklist } from "#components/help/checklist";
import { OtherWays } from "#components/help/other-ways";
import { Button } from "#components/ui/button";
import { PageHead } from "#components/ui/page-head";
import { factorsAtSignUp } from "#lib/accounts/sign-up-factor";
import { callsOffered } from "#lib/web/calls";
import { currentChallenge } from "#lib/web/challenge";
import { signUpOpen } from "#lib/web/sign-up-open";
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
  const signsUp = (waiting && challenge.page.journey === "sign-up") || (await signUpOpen());
  const noTexts = signsUp && (await factorsAtSignUp()).some((kind) => kind !== "phone");
  return (
    <div className="column reading">
      <PageHead title={t("title")} lead={t("lead")}>
        <p className="mt-5 flex flex-wrap items-center gap-x-5 gap-y-3">
          <Button small href={waiting ? "/verify" : "/sign-in"}>
            {waiting ? t("back") : t("signIn")}
          </Button>
          <Button kind="quiet" href="#other-ways">
            {t("toWays")}
          </Button>
        </p>
      </PageHead>
      <div className="mt-8 divide-y divide-line border-t border-line *:py-6">
        <Checklist sender={sender} words={help} />
        <Carriers sender={sender} calls={calls} words={help} />
        {calls ? <CallChecks words={help} /> : null}
        <OtherWays calls={calls} noTexts={noTexts} words={help} />
        <section aria-labelledby="safe">
          <h2 id="safe" className="text-lg">
            {t("safeTitle")}
          </h2>
          <p className="mt-2">{t("safe")}</p>
        </section>
      </div>
      <Button small href={waiting ? "/verify" : "/sign-in"}>
        {waiting ? t("back") : t("signIn")}
      </Button>
    </div>
  );
}
