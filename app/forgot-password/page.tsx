import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { forgotPasswordAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { reset } = await getMessages();
  return { description: reset.lead };
}

export default async function ForgotPassword() {
  const words = await getMessages();
  const t = await getTranslations("reset");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <div className="column">
      <div className="card">
        <h1>{t("title")}</h1>
        <p className="lead mb-6">{t("lead")}</p>
        <ActionForm
          action={forgotPasswordAction}
          title={t("title")}
          copy={copy}
          labels={{ identifier: t("identifier") }}
          submit={t("submit")}
        >
          <input type="hidden" name="cookies" value="asked" />
          <Field
            name="identifier"
            label={t("identifier")}
            hint={t("identifierHint")}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
        </ActionForm>
        <p className="hint mt-4">{t("noAccess")}</p>
      </div>
      <p className="mt-6 text-center">
        <a href="/sign-in">{words.common.signIn}</a>
      </p>
    </div>
  );
}
