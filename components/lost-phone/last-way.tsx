import { CarrierLines } from "#components/lost-phone/carrier-lines";
import { MailAgain } from "#components/lost-phone/mail-again";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = {
  /** The request that stands already; its time in words. */
  open: { reference: string; time: string; ready: boolean } | null;
  /** The form name of the challenge, and the action that mails the code of a ready request again. */
  form: string;
  mailAgain: (form: FormData) => Promise<void>;
  /** How long requests wait, in words. */
  wait: string;
  locale: "ja" | "en";
  /** The day on which the carriers' lines were confirmed. */
  date: string;
  words: Pick<Words, "lostPhone" | "verify">;
};

/** What is left to a person who can use no way of the account: the request, or what became of it, and who stops the line of a lost phone. */
export function LastWay({ open, form, mailAgain, wait, locale, date, words: { lostPhone: words, verify } }: Props) {
  return (
    <div className="mt-4 border-t border-line pt-4">
      {open?.ready ? (
        <Callout tone="good" id="case-ready" title={words.readyTitle}>
          <p>{words.readyText}</p>
          <Button small className="mt-3" href="/verify?with=recovery_mail">
            {words.useReady}
          </Button>
          <MailAgain form={form} action={mailAgain} label={verify.recoveryMailAgain} />
        </Callout>
      ) : open ? (
        <Callout id="case-open" title={words.openTitle}>
          <p>{fill(words.openText, { reference: open.reference, time: open.time })}</p>
          <p>
            <a className="inline-flex min-h-11 items-center" href="/lost-phone/status">
              {words.toStatus}
            </a>
          </p>
        </Callout>
      ) : (
        <section aria-labelledby="last-way">
          <h2 id="last-way" className="font-sans text-base font-bold tracking-normal">
            {words.noneTitle}
          </h2>
          <p className="mt-1 text-[0.9375rem]">{fill(words.noneText, { wait })}</p>
          <p className="hint mt-1">{words.noneNeeds}</p>
          <Button kind="secondary" className="mt-3" href="/lost-phone">
            {words.toRequest}
          </Button>
        </section>
      )}
      <div className="mt-3">
        <CarrierLines locale={locale} words={words} date={date} />
      </div>
    </div>
  );
}
