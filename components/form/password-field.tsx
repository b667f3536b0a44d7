"use client";

import { useEffect, useState } from "react";
import { useField } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { fill } from "#lib/words/fill";

type Strength = { tooShort: string; tooShortSpoken: string; repeated: string; short: string; long: string; veryLong: string };
type Props = {
  label: string;
  autoComplete: "current-password" | "new-password";
  words: { show: string; hide: string; showLabel: string; hideLabel: string };
  hint?: string;
  strength?: Strength;
};

/** Rates the length only; the list of common passwords is on the server. */
function says(typed: string, words: Strength): string {
  const letters = [...typed.normalize("NFC")];
  if (letters.length < 8) return fill(words.tooShort, { count: 8 - letters.length });
  if (new Set(letters).size < 5) return words.repeated;
  return letters.length < 12 ? words.short : letters.length < 16 ? words.long : words.veryLong;
}

/** Shows the strength in words. The live region changes with the rating and not with each key, so that a screen reader does not repeat it. */
function Said({ typed, words }: { typed: string; words: Strength }) {
  const visible = typed ? says(typed, words) : "";
  const spoken = typed && [...typed.normalize("NFC")].length < 8 ? words.tooShortSpoken : visible;
  return (
    <>
      <p className="hint" aria-hidden="true">
        {visible}
      </p>
      <p className="sr-only" aria-live="polite">
        {spoken}
      </p>
    </>
  );
}

/** A password input with a show button; without JavaScript a plain input. */
export function PasswordField({ label, autoComplete, words, hint, strength }: Props) {
  const { round } = useField("password");
  const [ready, setReady] = useState(false);
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState({ round: 0, text: "" });
  useEffect(() => setReady(true), []);
  const toggle = (
    <button type="button" aria-label={shown ? words.hideLabel : words.showLabel} aria-controls="password" onClick={() => setShown(!shown)}>
      {shown ? words.hide : words.show}
    </button>
  );
  return (
    <>
      <Field
        name="password"
        label={label}
        hint={hint}
        type={shown ? "text" : "password"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        required
        onInput={(event) => strength && setTyped({ round, text: event.currentTarget.value })}
        after={ready ? toggle : null}
      />
      {strength ? <Said typed={typed.round === round ? typed.text : ""} words={strength} /> : null}
    </>
  );
}
