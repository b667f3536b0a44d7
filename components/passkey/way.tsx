"use client";

import { type FormEvent, startTransition, useState } from "react";
import type { Words } from "#lib/words/ja";
import type { Failure } from "./ceremony";
import { hasPasskeys } from "./supported";

type Props = {
  send: (form: FormData) => void;
  /** The form name of the challenge that the page was rendered for. */
  form: string;
  look: "button" | "link";
  words: Pick<Words, "verify" | "factors" | "passkeyFailures">;
};

/** The button of a passkey: opens the browser's dialog and sends its answer. Without JavaScript the button leads to an explanation. */
export function PasskeyWay({ send, form, look, words }: Props) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const start = async (event: FormEvent) => {
    if (!hasPasskeys()) return;
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    const { answerChallenge, failureOf } = await import("./ceremony");
    try {
      const answer = new FormData();
      for (const [name, value] of Object.entries({ form, method: "passkey", assertion: await answerChallenge() })) answer.set(name, value);
      startTransition(() => send(answer));
    } catch (error) {
      setFailure(failureOf(error));
    }
    setBusy(false);
  };
  return (
    <form action={send} className={look === "link" ? "way" : "way first"} onSubmit={start}>
      <input type="hidden" name="form" value={form} />
      <button type="submit" className={look} name="method" value="passkey" aria-disabled={busy || undefined}>
        {words.verify.passkey}
      </button>
      <p aria-live="polite" className={failure ? "note" : "hint"}>
        {failure ? words.passkeyFailures[failure] : busy ? words.factors.passkeyBusy : ""}
      </p>
    </form>
  );
}
