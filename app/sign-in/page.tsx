import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { PasswordField } from "#components/form/password-field";
import { PasskeySignIn } from "#components/passkey/sign-in";
import { Resume } from "#components/resume";
import { SignedIn } from "#components/signed-in";
import { Button } from "#components/ui/button";
import { openProviders } from "#lib/social/providers";
import { currentChallenge } from "#lib/web/challenge";
import { drawnNotice } from "#lib/web/drawn-notice";
import { parseReturnTo } from "#lib/web/return-to";
import { currentSession } from "#lib/web/session";
import { signUpOpen } from "#lib/web/sign-up-open";
import { site } from "#lib/web/site";
import { provesAge, wantsFresh } from "#lib/web/social";
import { formCopy } from "#lib/words/form-copy";
import { signInAction, signInWithAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { signIn } = await getMessages();
  return { description: signIn.lead };
}

/** The buttons of LINE and Google, where the operator set them up; one that cannot prove a fresh sign-in is not offered where a service asks for it. */
async function SocialSignIn({ returnTo }: { returnTo: string | null }) {
  const fresh = await wantsFresh(returnTo);
  const offered = openProviders().filter((provider) => !fresh || provesAge(provider));
  const t = await getTranslations("social");
  return offered.map((provider) => (
    <form key={provider} action={signInWithAction} name={`with-${provider}`} className="mt-4">
      <input type="hidden" name="provider" value={provider} />
      {returnTo ? <input type="hidden" name="returnTo" value={returnTo} /> : null}
      <Button kind="secondary" className="w-full">
        {t(provider)}
      </Button>
    </form>
  ));
}

type Props = { searchParams: Promise<{ returnTo?: string | string[]; drawn?: string | string[]; reset?: string | string[] }> };

export default async function SignIn({ searchParams }: Props) {
  const asked = await searchParams;
  const returnTo = parseReturnTo(asked.returnTo);
  const words = await getMessages();
  const t = await getTranslations("signIn");
  const { signIn, or, passkeyBusy } = words.factors;
  const [session, challenge, open] = await Promise.all([currentSession(), currentChallenge(), signUpOpen()]);
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <div className="column">
      {session ? <SignedIn session={session} words={words} /> : null}
      {challenge?.state === "open" ? <Resume challenge={challenge} words={words.journey} /> : null}
      <div className="card">
        <h1>{t("title")}</h1>
        <p className="lead mb-6">{t("lead")}</p>
        <ActionForm
          action={signInAction}
          title={t("title")}
          copy={copy}
          labels={{ identifier: t("identifier"), password: t("password") }}
          submit={t("submit")}
          notice={asked.reset === undefined ? await drawnNotice(asked.drawn) : words.reset.done}
        >
          <input type="hidden" name="cookies" value="asked" />
          {returnTo ? <input type="hidden" name="returnTo" value={returnTo} /> : null}
          <Field
            name="identifier"
            label={t("identifier")}
            autoComplete="username webauthn"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <PasswordField label={t("password")} autoComplete="current-password" words={words.signUp} />
        </ActionForm>
        <SocialSignIn returnTo={returnTo} />
        <PasskeySignIn returnTo={returnTo} words={{ signIn, or, passkeyBusy }} failures={words.passkeyFailures} />
        <p className="mt-4">
          <a href="/forgot-password">{words.reset.forgot}</a>
        </p>
        <p className="hint mt-2">{t("next")}</p>
      </div>
      <p className="mt-6 text-center">
        {open ? (
          <>
            {t("noAccount")} <a href={returnTo ? `/sign-up?returnTo=${encodeURIComponent(returnTo)}` : "/sign-up"}>{words.common.signUp}</a>
          </>
        ) : (
          words.common.signUpClosed
        )}
      </p>
    </div>
  );
}
