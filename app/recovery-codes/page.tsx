import { redirect } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { CheckField } from "#components/form/choices";
import { Notice } from "#components/form/notice";
import { Journey } from "#components/journey";
import { KeepCodes } from "#components/recovery/keep-codes";
import { SheetFoot, SheetHead } from "#components/recovery/print-sheet";
import { Callout } from "#components/ui/callout";
import { CodeBlock } from "#components/ui/code-block";
import { issuedRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { sheetFacts } from "#lib/web/code-sheet";
import { drawnNotice } from "#lib/web/drawn-notice";
import { parseReturnTo } from "#lib/web/return-to";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { codeSheet } from "#lib/words/code-sheet";
import { fill } from "#lib/words/fill";
import { formCopy } from "#lib/words/form-copy";
import { confirmSavedAction } from "./actions";

type Props = { searchParams: Promise<{ returnTo?: string | string[]; drawn?: string | string[] }> };

export default async function RecoveryCodes({ searchParams }: Props) {
  const returnTo = parseReturnTo((await searchParams).returnTo);
  const session = await requireSession({ saving: true });
  if (session.nextStep !== "save_recovery_codes") redirect("/account");
  const issued = await issuedRecoveryCodes(session.user.id);
  if (!issued.ok) redirect("/account");
  const words = await getMessages();
  const t = await getTranslations("recovery");
  const facts = await sheetFacts(session);
  const notice = await drawnNotice((await searchParams).drawn);
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  return (
    <div className="column printed">
      {session.restriction ? null : <Journey step="recovery" words={words.journey} />}
      <div className="card">
        <h1>{t("title")}</h1>
        {notice ? <Notice text={notice} /> : null}
        <p className="lead no-print">{t("lead")}</p>
        <Callout tone="warn" className="mt-4 print:hidden">
          <strong>{t("once", { submit: t("submit") })}</strong> {t("where")}
        </Callout>
        {session.restriction?.until ? (
          <Callout className="mt-4 print:hidden">
            {fill(words.lostPhone.restricted, { time: (await whenWords())(session.restriction.until) })}
          </Callout>
        ) : null}
        <SheetHead facts={facts} words={words.recovery} />
        <CodeBlock label={t("list")} codes={issued.value} />
        <SheetFoot words={words.recovery} />
        <div className="no-print">
          <KeepCodes text={codeSheet(issued.value, facts, words.recovery)} words={words.recovery} />
          <noscript>
            <p className="hint mt-2">{t("noScript")}</p>
          </noscript>
          <ActionForm
            action={confirmSavedAction}
            title={t("title")}
            copy={copy}
            labels={{ saved: t("saved") }}
            submit={t("submit")}
            form={sessionForm(session)}
          >
            {returnTo ? <input type="hidden" name="returnTo" value={returnTo} /> : null}
            <CheckField name="saved" label={t("saved")} />
          </ActionForm>
          <p className="hint mt-4">{t("leave")}</p>
        </div>
      </div>
    </div>
  );
}
