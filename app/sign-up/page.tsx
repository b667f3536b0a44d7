import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { Agreement } from "#components/agreement";
import { Closed } from "#components/closed";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { PasswordField } from "#components/form/password-field";
import { Journey } from "#components/journey";
import { Resume } from "#components/resume";
import { SignedIn } from "#components/signed-in";
import { Callout } from "#components/ui/callout";
import { isMailStopped } from "#lib/delivery/stops";
import { currentSettings } from "#lib/policy/read";
import { markForbidden } from "#lib/request";
import { callsOffered } from "#lib/web/calls";
import { currentChallenge } from "#lib/web/challenge";
import { parseReturnTo } from "#lib/web/return-to";
import { currentSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { strengthOf } from "#lib/words/strength";
import { signUpAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { signUp } = await getMessages();
  return { description: signUp.lead };
}

type Props = { searchParams: Promise<{ returnTo?: string | string[] }> };

export default async function SignUp({ searchParams }: Props) {
  const returnTo = parseReturnTo((await searchParams).returnTo);
  const words = await getMessages();
  const t = await getTranslations("signUp");
  const { name, terms, privacy } = site(words.common.brand);
  const copy = formCopy(words, await getLocale(), name);
  const [session, challenge, mailStopped, calls, { publicSignUp }] = await Promise.all([
    currentSession(),
    currentChallenge(),
    isMailStopped(),
    callsOffered(),
    currentSettings(),
  ]);
  const resume = challenge?.state === "open" ? <Resume challenge={challenge} words={words.journey} /> : null;
  if (!publicSignUp) markForbidden();
  if (mailStopped || !publicSignUp)
    return (
      <Closed
        title={t("title")}
        service={copy.service}
        text={publicSignUp ? words.stops.signUp : words.errors.sign_up_closed}
        signIn={words.common.signIn}
      >
        {resume}
      </Closed>
    );
  return (
    <div className="column">
      <Journey step="account" words={words.journey} />
      {session ? <SignedIn session={session} words={words} /> : null}
      {resume}
      <div className="card">
        <h1>{t("title")}</h1>
        <p className="lead mb-6">{t("lead")}</p>
        <ActionForm
          action={signUpAction}
          title={t("title")}
          copy={copy}
          labels={{ email: t("email"), password: t("password") }}
          submit={t("submit")}
        >
          <input type="hidden" name="cookies" value="asked" />
          {returnTo ? <input type="hidden" name="returnTo" value={returnTo} /> : null}
          <Field name="email" type="email" label={t("email")} autoComplete="username" autoCapitalize="none" spellCheck={false} required />
          <PasswordField
            label={t("password")}
            hint={t("passwordHint")}
            autoComplete="new-password"
            words={words.signUp}
            strength={strengthOf(words.signUp)}
          />
          <Callout className="mt-4">
            <p className="font-bold">{t("before")}</p>
            <p>{calls ? t("needsCall") : t("needs")}</p>
            <p>{t("leave")}</p>
          </Callout>
          <Agreement terms={terms} privacy={privacy} />
        </ActionForm>
      </div>
      <p className="mt-6 text-center">
        {t("haveAccount")} <a href={returnTo ? `/sign-in?returnTo=${encodeURIComponent(returnTo)}` : "/sign-in"}>{words.common.signIn}</a>
      </p>
    </div>
  );
}
