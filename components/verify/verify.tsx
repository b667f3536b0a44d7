"use client";

import { type FormEvent, lazy, type ReactNode, Suspense, useActionState } from "react";
import type { FormAction } from "#components/form/action-form";
import { Notice } from "#components/form/notice";
import { FormTitle, Summary } from "#components/form/summary";
import { CannotUse } from "#components/verify/cannot-use";
import { CodeForm } from "#components/verify/code-form";
import { DeliveryStatus } from "#components/verify/delivery-status";
import { cannotSignUpAgain } from "#components/verify/ended";
import { useLiveChallenge } from "#components/verify/live";
import { Moved } from "#components/verify/moved";
import { Late, Spent } from "#components/verify/next-step";
import { Stopped } from "#components/verify/stopped";
import { bare, type WayContext, WayOption, Ways } from "#components/verify/ways";
import type { ChallengeView, PurposePage } from "#lib/challenges/challenge";
import { nextWays, stopped } from "#lib/challenges/next-way";
import { isSent, type OwnMethod } from "#lib/methods";
import { fill } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";
import type { Words } from "#lib/words/ja";
import type { ReasonWords } from "#lib/words/reason";

type Props = {
  action: FormAction;
  challenge: ChallengeView;
  page: PurposePage;
  /** The form name of the challenge; forms and polls of this page refer to it. */
  form: string;
  notice: string | null;
  /** The method without a send that the page shows, if any. */
  own: OwnMethod | null;
  words: Pick<Words, "verify" | "ended" | "delivery" | "stops" | "drawn" | "reset" | "factors" | "passkeyFailures"> & ReasonWords;
  copy: FormCopy;
  host: string;
  /** The label of the box that trusts this browser; null where it is not offered. */
  trust: string | null;
  /** What is left to a person who cannot use this phone; null where that is no question. */
  last: ReactNode;
  /** How the answer of a way that the person has is sent again. */
  again: ReactNode;
  children: ReactNode;
};

/** Whether the page hides the delivery of the mail, because it would reveal whether the account exists. */
const isDiscreet = ({ step }: ChallengeView, { journey }: PurposePage): boolean => journey === "reset" && step === 1;

function leadOf({ delivery, methods }: ChallengeView, own: OwnMethod | null, words: Words["verify"]): string {
  if (own)
    return { recovery_code: words.leadRecovery, totp: words.leadTotp, passkey: words.leadPasskey, recovery_mail: words.leadRecoveryMail }[
      own
    ];
  // If everything is stopped, the notice says so and there is no choice to offer.
  if (methods.length === 0 && (!delivery || delivery.status === "failed")) return "";
  if (delivery?.method === "email" && stopped(delivery)) return fill(words.lostEmail, { hint: bare(delivery.hint) });
  if (!delivery || delivery.status === "failed" || !isSent(delivery.method)) return words.choose;
  const went = delivery.status !== "queued";
  const sentence = {
    sms: went ? words.sentSms : words.sendSms,
    voice: went ? words.sentVoice : words.sendVoice,
    email: went ? words.sentEmail : words.sendEmail,
  }[delivery.method];
  return fill(sentence, { hint: bare(delivery.hint) });
}

/** Loaded where it is the way, because most pages wait for a text. */
const PasskeyWay = lazy(() => import("#components/passkey/way").then(({ PasskeyWay: one }) => ({ default: one })));

/** Digits of a texted, spoken or sign-up code; a longer one has letters. */
const SHORT = 6;

/** The waiting page: the delivery status, one field for the code, and the other ways. */
export function Verify({ action, challenge: given, page, form, notice, own, words, copy, host, trust, last, again, children }: Props) {
  const [state = {}, send, pending] = useActionState(action, {});
  const { challenge, moved, now, live } = useLiveChallenge(given, form, pending);
  const { delivery } = challenge;
  const discreet = isDiscreet(challenge, page);
  const lost = delivery !== null && stopped(delivery);
  // Only a challenge that waited for its number can outlive its code; the server then sends a new one.
  const over = now >= Date.parse(challenge.expiresAt);
  const ways = nextWays(challenge, now);
  const context: WayContext = { challenge, now, live, send, form, locale: copy.locale, words: words.verify };
  const label = challenge.codeLength === SHORT || own ? null : fill(words.reset.code, { length: challenge.codeLength });
  const codeForm = { state, send, pending, challenge, form, now, own, label, words: words.verify, copy, host, trust };
  const once = (event: FormEvent) => pending && event.preventDefault();
  const calls = challenge.methods.some((offer) => offer.method === "voice");
  const { title: sent, titleRecovery, titleTotp, titlePasskey, titleRecoveryMail } = words.verify;
  const title = own
    ? { recovery_code: titleRecovery, totp: titleTotp, passkey: titlePasskey, recovery_mail: titleRecoveryMail }[own]
    : sent;
  const others = challenge.methods.filter(({ method }) => method !== own && (!isSent(method) || challenge.sendsLeft > 0));
  const passkeyWords = { verify: words.verify, factors: words.factors, passkeyFailures: words.passkeyFailures };
  return (
    <div onSubmitCapture={once}>
      <FormTitle state={state} copy={copy} title={title} />
      {notice && !state.round ? <Notice text={notice} /> : null}
      <div className="flex items-start justify-between gap-3">
        <div>
          <h1>{title}</h1>
          {page.journey === "reset" && challenge.step === 2 && !state.round ? <p className="lead">{words.reset.factor}</p> : null}
          <p className="lead">{discreet ? fill(words.reset.sent, { hint: delivery?.hint ?? "" }) : leadOf(challenge, own, words.verify)}</p>
        </div>
        <span className="seal" aria-hidden="true">
          {words.verify.seal}
        </span>
      </div>
      <Moved moved={moved} words={words.drawn} />
      <Summary state={state} copy={copy} labels={{ code: words.verify.codeShort }} />
      {own === "passkey" ? (
        <>
          <noscript>
            <p className="note">{words.factors.noScript}</p>
          </noscript>
          <Suspense fallback={null}>
            <PasskeyWay send={send} form={form} look="button" words={passkeyWords} />
          </Suspense>
        </>
      ) : own ? (
        <>
          <CodeForm {...codeForm} />
          {again}
        </>
      ) : null}
      {own ? (
        <>
          {delivery ? (
            <p className="mt-6">
              <a href="/verify">{words.verify.backToCode}</a>
            </p>
          ) : null}
          <Ways offers={others} context={context} />
        </>
      ) : (
        <>
          <Stopped challenge={challenge} page={page} locale={copy.locale} words={words.stops} />
          {delivery && !over && !discreet ? <DeliveryStatus delivery={delivery} calls={calls} locale={copy.locale} words={words} /> : null}
          {ways.first && lost ? <WayOption offer={ways.first} context={context} look="button" /> : null}
          {lost && delivery.reason === "address_refused" && page.proves === "address" && !cannotSignUpAgain(page) ? (
            <a className="button mt-3" href={page.restart}>
              {words.verify.changeEmail}
            </a>
          ) : null}
          <div aria-live="polite">{over ? <p className="note">{words.verify.codeOver}</p> : null}</div>
          {challenge.sendsLeft === 0 ? (
            <Spent
              lost={lost || over}
              recovery={ways.first?.method === "recovery_code" || ways.rest.length > 0}
              restart={page.restart}
              words={words.verify}
              ended={words.ended}
            />
          ) : null}
          {delivery && !over ? <CodeForm {...codeForm} quiet={lost} /> : null}
          {delivery && !lost && !over && !discreet ? (
            <Late delivery={delivery} offer={ways.first} context={context} words={words.delivery} />
          ) : null}
          <Ways offers={ways.rest} context={context} />
        </>
      )}
      {last ? (
        <CannotUse context={context} own={own}>
          {last}
        </CannotUse>
      ) : null}
      {children}
    </div>
  );
}
