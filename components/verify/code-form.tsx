"use client";

import { useEffect, useRef, useState } from "react";
import { describedBy, FieldError } from "#components/form/field-error";
import { fieldMessages } from "#components/form/summary";
import type { ChallengeView } from "#lib/challenges/challenge";
import type { OwnMethod } from "#lib/methods";
import type { FormState } from "#lib/web/form-state";
import { fill, spokenWait } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";
import type { Words } from "#lib/words/ja";

type Props = {
  state: FormState;
  send: (form: FormData) => void;
  pending: boolean;
  challenge: ChallengeView;
  /** The form name of the challenge that the page was rendered for. */
  form: string;
  now: number;
  /** The method without a send; null for a code that was sent. */
  own: OwnMethod | null;
  /** The label of a code that has letters; null for digits. */
  label: string | null;
  /** True while another way is the recommended one. */
  quiet?: boolean;
  words: Words["verify"];
  copy: FormCopy;
  host: string;
  trust: string | null;
};

/** Digits of the code of an authenticator app. */
const DIGITS = 6;

/** Remaining attempts from which they are shown. */
const TELL_FROM = 3;

/** Fills the field by WebOTP where the browser reads the text; the user still submits the form. */
function useTextedCode(input: React.RefObject<HTMLInputElement | null>, waiting: boolean) {
  useEffect(() => {
    if (!waiting || !("OTPCredential" in window)) return;
    const stop = new AbortController();
    const request = { otp: { transport: ["sms"] }, signal: stop.signal } as CredentialRequestOptions;
    navigator.credentials
      .get(request)
      .then((found) => {
        const code = (found as { code?: string } | null)?.code;
        if (code && input.current && !input.current.value) input.current.value = code;
      })
      .catch(() => undefined);
    return () => stop.abort();
  }, [input, waiting]);
}

/** Moves the focus to the field after a send, because the button that had it may have disappeared (WCAG 2.4.3). */
function useFocusAfterSend(input: React.RefObject<HTMLInputElement | null>, state: FormState, at: string | undefined) {
  const sent = state.code ? 0 : (state.round ?? 0);
  const done = useRef(0);
  useEffect(() => {
    if (sent === done.current || !at || document.activeElement !== document.body) return;
    done.current = sent;
    input.current?.focus();
  }, [sent, at, input]);
}

/** Returns true if the browser can create a passkey by itself; the server requests one after a sign-in by text. */
function useConditionalCreate(): boolean {
  const [able, setAble] = useState(false);
  useEffect(() => {
    window.PublicKeyCredential?.getClientCapabilities?.().then(
      (capabilities) => setAble(capabilities.conditionalCreate === true),
      () => undefined,
    );
  }, []);
  return able;
}

/** A single input; the server normalizes spaces and full-width digits of a pasted code. */
export function CodeForm({ state, send, pending, challenge, form, now, own, label, quiet = false, words, copy, host, trust }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const recovery = own === "recovery_code";
  const canMake = useConditionalCreate();
  useFocusAfterSend(input, state, challenge.delivery?.at);
  useTextedCode(input, challenge.delivery?.method === "sms" && !own);
  const mailed = own === "recovery_mail";
  const letters = recovery || mailed || label !== null;
  const { code: message } = fieldMessages(state, copy, ["code"]);
  const left = Math.min(state.attemptsLeft ?? challenge.attemptsLeft, challenge.attemptsLeft);
  const minutes = spokenWait((Date.parse(challenge.expiresAt) - now) / 1000, copy.locale);
  return (
    <form action={send} noValidate className={quiet ? "mt-8" : "mt-5"}>
      <input type="hidden" name="form" value={form} />
      {own ? <input type="hidden" name="method" value={own} /> : canMake ? <input type="hidden" name="canMake" value="on" /> : null}
      <label className="label" htmlFor="code">
        {recovery
          ? words.recoveryCode
          : mailed
            ? words.recoveryMailCode
            : label
              ? label
              : fill(quiet ? words.codeAnyway : words.code, { length: own ? DIGITS : challenge.codeLength })}
      </label>
      <FieldError name="code" message={message} />
      <input
        ref={input}
        className={letters ? "input code long" : "input code"}
        id="code"
        name="code"
        type="text"
        inputMode={letters ? "text" : "numeric"}
        autoComplete={recovery || mailed ? "off" : "one-time-code"}
        autoCapitalize={letters ? "characters" : "none"}
        spellCheck={false}
        required
        {...describedBy("code", true, message)}
      />
      <p className="hint mt-2 flex flex-wrap justify-between gap-x-4" id="code-hint">
        {left <= TELL_FROM ? <strong className="text-ink">{fill(words.attemptsLeft, { count: left })}</strong> : null}
        <span>{fill(own ? words.pageExpiresAt : words.expiresAt, { time: minutes })}</span>
      </p>
      <p className="hint mt-2">{fill(recovery ? words.keepSecretRecovery : words.keepSecret, { host })}</p>
      {trust ? (
        <label className="check mt-4">
          <input type="checkbox" name="trustDevice" value="on" />
          <span>{trust}</span>
        </label>
      ) : null}
      <button type="submit" className={quiet ? "button quiet mt-4" : "button mt-4"} aria-disabled={pending}>
        {words.submit}
      </button>
    </form>
  );
}
