import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { PasswordField } from "#components/form/password-field";
import { NoticeCodeDone, NoticeCodeField } from "#components/notice-code";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { undoAction } from "./actions";

type Props = { searchParams: Promise<{ done?: string | string[] }> };

export default async function Undo({ searchParams }: Props) {
  const { done } = await searchParams;
  const words = await getMessages();
  const t = await getTranslations("noticeCodes");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <div className="column">
      <div className="card">
        <h1>{t("undoTitle")}</h1>
        {done === undefined ? (
          <>
            <p className="lead">{t("undoLead")}</p>
            <ActionForm
              action={undoAction}
              title={t("undoTitle")}
              copy={copy}
              labels={{ reference: t("reference"), undoCode: t("undoCode"), password: t("password") }}
              submit={t("undoSubmit")}
            >
              <NoticeCodeField name="reference" label={t("reference")} hint={t("referenceHint")} />
              <NoticeCodeField name="undoCode" label={t("undoCode")} hint={t("codeHint")} />
              <PasswordField label={t("password")} autoComplete="current-password" words={words.signUp} />
            </ActionForm>
            <p className="mt-6">
              <a href="/stop">{t("toStop")}</a>
            </p>
          </>
        ) : (
          <NoticeCodeDone title={t("undoTitle")} service={copy.service} done={t("undoDone")} signIn={words.common.signIn} />
        )}
      </div>
    </div>
  );
}
