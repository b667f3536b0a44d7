import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { SetUpApp } from "#components/factors/set-up-app";
import { ActionForm } from "#components/form/action-form";
import { Notice } from "#components/form/notice";
import { SignUpStep } from "#components/sign-up/step";
import { pendingFirstTotp } from "#lib/accounts/sign-up-factor";
import { formName } from "#lib/crypto/form-name";
import { challengeToken } from "#lib/web/challenge";
import { drawnNotice } from "#lib/web/drawn-notice";
import { signingUp } from "#lib/web/signing-up";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { firstAppAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { noTexts, common } = await getMessages();
  return { title: `${noTexts.appTitle} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ drawn?: string | string[] }> };

export default async function SignUpApp({ searchParams }: Props) {
  const page = await signingUp();
  const pending = await pendingFirstTotp(await challengeToken());
  const words = await getMessages();
  const t = await getTranslations("noTexts");
  const notice = await drawnNotice((await searchParams).drawn);
  const form = formName(page.challenge.id);
  return (
    <SignUpStep page={page} kind="totp" title={t("appTitle")} lead={t("appLead")}>
      {notice ? <Notice text={notice} /> : null}
      {pending ? <SetUpApp pending={pending} form={form} action={firstAppAction} title={t("appTitle")} /> : null}
      <ActionForm
        action={firstAppAction}
        title={t("appTitle")}
        copy={formCopy(words, await getLocale(), site(words.common.brand).name)}
        labels={{}}
        submit={words.factors[pending ? "appAgain" : "appBegin"]}
        form={form}
        quiet={pending !== null}
      >
        {null}
      </ActionForm>
    </SignUpStep>
  );
}
