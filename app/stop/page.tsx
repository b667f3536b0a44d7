import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { NoticeCodeDone, NoticeCodeField } from "#components/notice-code";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { stopAction } from "./actions";

type Props = { searchParams: Promise<{ done?: string | string[]; reference?: string | string[]; stopCode?: string | string[] }> };

export default async function Stop({ searchParams }: Props) {
  const { done, reference, stopCode } = await searchParams;
  // The fields that the link of a notice fills in; opening the link changes nothing (RS-03).
  const filled = typeof reference === "string" && typeof stopCode === "string" ? { reference, stopCode } : null;
  const words = await getMessages();
  const t = await getTranslations("noticeCodes");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <div className="column">
      <div className="card">
        <h1>{t("stopTitle")}</h1>
        {done === undefined ? (
          <>
            <p className="lead">{filled ? words.policy.stopFilled : t("stopLead")}</p>
            <ul className="mt-2 mb-4 list-disc pl-5">
              <li>{t("stopMail")}</li>
              <li>{t("stopText")}</li>
            </ul>
            <ActionForm
              action={stopAction}
              title={t("stopTitle")}
              copy={copy}
              labels={{ reference: t("reference"), stopCode: t("stopCode") }}
              submit={t("stopSubmit")}
            >
              {filled ? (
                <>
                  <input type="hidden" name="reference" value={filled.reference} />
                  <input type="hidden" name="stopCode" value={filled.stopCode} />
                </>
              ) : (
                <>
                  <NoticeCodeField name="reference" label={t("reference")} hint={t("referenceHint")} />
                  <NoticeCodeField name="stopCode" label={t("stopCode")} hint={t("codeHint")} />
                </>
              )}
            </ActionForm>
            <p className="mt-6">
              <a href="/undo">{t("toUndo")}</a>
            </p>
          </>
        ) : (
          <NoticeCodeDone
            title={t("stopTitle")}
            service={copy.service}
            done={t(done === "frozen" ? "stopFrozen" : done === "blocked" ? "stopBlocked" : "stopDone")}
            signIn={words.common.signIn}
          />
        )}
      </div>
    </div>
  );
}
