"use client";

import { type FormEvent, type ReactNode, useActionState } from "react";
import type { FormAction } from "#components/form/action-form";
import { FormTitle, Summary } from "#components/form/summary";
import { CodeForm } from "#components/verify/code-form";
import { DeliveryStatus } from "#components/verify/delivery-status";
import { type End, Ended } from "#components/verify/ended";
import { useLiveChallenge } from "#components/verify/live";
import { bare, Ways } from "#components/verify/ways";
import type { ChallengeView } from "#lib/challenges/challenge";
import type { FormState } from "#lib/web/action";
import { fill, spokenWait } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";
import type { Words } from "#lib/words/ja";

type Props = {
  action: FormAction;
  challenge: ChallengeView;
  /** The person chose to type a recovery code. */
  recovery: boolean;
  words: Pick<Words, "verify" | "delivery" | "deliveryReasons">;
  copy: FormCopy;
  children: ReactNode;
};

/** Why this challenge cannot go on, from the last answer or from the clock. */
function endOf(state: FormState, challenge: ChallengeView, now: number): End | null {
  if (state.code === "too_many_attempts") return (state.retryAfter ?? 0) > 1 ? "locked" : "exhausted";
  if (state.attemptsLeft === 0 || challenge.attemptsLeft === 0) return "exhausted";
  if (state.code === "challenge_expired" || now >= Date.parse(challenge.expiresAt)) return "expired";
  return null;
}

function leadOf({ delivery }: ChallengeView, recovery: boolean, words: Words["verify"]): string {
  if (recovery) return words.leadRecovery;
  if (!delivery) return words.sentNowhere;
  const sentence = { sms: words.sentSms, voice: words.sentVoice, email: words.sentEmail, recovery_code: words.leadRecovery }[
    delivery.method
  ];
  return fill(sentence, { hint: bare(delivery.hint) });
}

/** The waiting page: what happens to the message, one field for the code, and every other way. */
export function Verify({ action, challenge: given, recovery, words, copy, children }: Props) {
  const [state, send, pending] = useActionState(action, {});
  const { challenge, now, live } = useLiveChallenge(given, pending);
  const end = endOf(state, challenge, now);
  const once = (event: FormEvent) => pending && event.preventDefault();
  const title = recovery ? words.verify.titleRecovery : words.verify.title;
  if (end) {
    const wait = spokenWait(state.retryAfter ?? 60, copy.locale);
    return <Ended end={end} signUp={challenge.purpose === "SIGN_UP"} wait={wait} service={copy.service} words={words.verify} />;
  }
  const canCall = challenge.methods.some((offer) => offer.method === "voice");
  return (
    <div onSubmitCapture={once}>
      <FormTitle state={state} copy={copy} title={title} />
      <Summary state={state} copy={copy} labels={{ code: words.verify.codeShort }} />
      <div className="flex items-start justify-between gap-3">
        <div>
          <h1>{title}</h1>
          <p className="lead">{leadOf(challenge, recovery, words.verify)}</p>
        </div>
        <span className="seal" aria-hidden="true">
          {words.verify.seal}
        </span>
      </div>
      {challenge.delivery && !recovery ? (
        <DeliveryStatus delivery={challenge.delivery} now={now} canCall={canCall} words={words.delivery} reasons={words.deliveryReasons} />
      ) : null}
      {challenge.delivery || recovery ? (
        <CodeForm
          state={state}
          send={send}
          pending={pending}
          challenge={challenge}
          now={now}
          recovery={recovery}
          words={words.verify}
          copy={copy}
        />
      ) : null}
      <Ways challenge={challenge} now={now} live={live} recovery={recovery} send={send} words={words.verify} />
      {children}
    </div>
  );
}
