import { redirect } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { PasswordField } from "#components/form/password-field";
import { WhoseAccount } from "#components/whose";
import { awaitsPassword } from "#lib/accounts/reset-password";
import { formName } from "#lib/crypto/form-name";
import { challengeToken, currentChallenge } from "#lib/web/challenge";
import { drawnNotice } from "#lib/web/drawn-notice";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { strengthOf } from "#lib/words/strength";
import { whoseWords } from "#lib/words/whose";
import { resetPasswordAction } from "./actions";

type Props = { searchParams: Promise<{ drawn?: string | string[] }> };

export default async function ResetPassword({ searchParams }: Props) {
  const challenge = await currentChallenge();
  if (!challenge) redirect("/sign-in");
  if (!(await awaitsPassword(await challengeToken()))) redirect("/verify");
  const words = await getMessages();
  const t = await getTranslations("reset");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  const form = formName(challenge.id);
  return (
    <div className="column">
      <div className="card">
        <WhoseAccount label={words.drawn.account} account={whoseWords(challenge.whose, words.account)} />
        <h1>{t("newTitle")}</h1>
        <p className="lead mb-6">{t("newLead")}</p>
        <ActionForm
          key={form}
          form={form}
          notice={await drawnNotice((await searchParams).drawn)}
          action={resetPasswordAction}
          title={t("newTitle")}
          copy={copy}
          labels={{ password: t("password") }}
          submit={t("set")}
        >
          <PasswordField
            label={t("password")}
            hint={t("passwordHint")}
            autoComplete="new-password"
            words={words.signUp}
            strength={strengthOf(words.signUp)}
          />
        </ActionForm>
      </div>
    </div>
  );
}
