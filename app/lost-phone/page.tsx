import { redirect } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { RadioField } from "#components/form/choices";
import { NoteField } from "#components/form/note-field";
import { CarrierLines } from "#components/lost-phone/carrier-lines";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Steps } from "#components/ui/steps";
import { WhoseAccount } from "#components/whose";
import { formName } from "#lib/crypto/form-name";
import { caseReasons, endsSessions } from "#lib/recovery/case";
import { currentChallenge } from "#lib/web/challenge";
import { drawnNotice } from "#lib/web/drawn-notice";
import { lastWayOf } from "#lib/web/lost-phone";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { whoseWords } from "#lib/words/whose";
import { lostPhoneAction } from "./actions";

type Props = { searchParams: Promise<{ drawn?: string | string[] }> };

/** The longest note for the reviewers. */
const LONGEST_NOTE = 500;

/** The request of a person who cannot use the phone, at an open sign-in: what will happen, what is needed, and what happened. */
export default async function LostPhone({ searchParams }: Props) {
  const [found, challenge, words] = await Promise.all([lastWayOf(), currentChallenge(), getMessages()]);
  if (!found || !challenge) redirect("/sign-in");
  const { offer, said } = found;
  const t = await getTranslations("lostPhone");
  const copy = formCopy(words, await getLocale(), site(words.common.brand).name);
  const form = formName(challenge.id);
  return (
    <div className="column">
      <div className="card">
        <WhoseAccount label={words.drawn.account} account={whoseWords(challenge.whose, words.account)} />
        <h1>{t("title")}</h1>
        <p className="lead">{t("lead")}</p>
        <div className="mt-4">
          <CarrierLines locale={said.locale} words={words.lostPhone} date={said.date} />
        </div>
        {said.open ? (
          <>
            <title>{`${t("title")} – ${copy.service}`}</title>
            <Callout id="case-open" title={t("openTitle")} className="mt-4">
              <p>{t("openText", { reference: said.open.reference, time: said.open.time })}</p>
            </Callout>
            <Button href="/lost-phone/status" className="mt-6">
              {t("toStatus")}
            </Button>
          </>
        ) : (
          <>
            <section aria-labelledby="road" className="mt-4">
              <h2 id="road">{t("roadTitle")}</h2>
              <Steps
                steps={[
                  { key: "mail", title: t("roadMail"), text: t("roadMailText") },
                  { key: "people", title: t("roadPeople"), text: t("roadPeopleText") },
                  { key: "wait", title: t("roadWait", { wait: said.wait }), text: t("roadWaitText") },
                  { key: "new", title: t("roadNew"), text: t("roadNewText") },
                ]}
              />
            </section>
            <section aria-labelledby="needs" className="mt-4">
              <h2 id="needs">{t("needsTitle")}</h2>
              <ul className="mt-1 list-disc pl-5">
                <li>{t("needsPassword")}</li>
                <li>{t("needsMail")}</li>
              </ul>
              <p className="hint mt-1">{t("needsNothing")}</p>
            </section>
            <ActionForm
              key={form}
              form={form}
              notice={await drawnNotice((await searchParams).drawn)}
              action={lostPhoneAction}
              title={t("title")}
              copy={copy}
              labels={{ reason: t("formTitle"), note: t("note") }}
              submit={t("submit")}
            >
              <RadioField
                name="reason"
                legend={t("formTitle")}
                options={caseReasons.map((reason) => ({
                  value: reason,
                  label: t(reason),
                  ...(endsSessions(reason) ? { hint: t("endsHint") } : {}),
                }))}
              />
              {offer.note ? <NoteField name="note" label={t("note")} hint={t("noteHint")} maxLength={LONGEST_NOTE} /> : null}
            </ActionForm>
          </>
        )}
        <p className="mt-4">
          <a href="/verify">{t("cancel")}</a>
        </p>
      </div>
    </div>
  );
}
