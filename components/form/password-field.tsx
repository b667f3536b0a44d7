"use client";

import { useEffect, useState } from "react";
import { useField } from "#components/form/action-form";
import { Field } from "#components/form/field";
import { fill } from "#lib/words/fill";

type Props = {
  label: string;
  autoComplete: "current-password" | "new-password";
  words: { show: string; hide: string };
  hint?: string;
  /** Where a new password is chosen: its length in words. */
  strength?: { tooShort: string; short: string; long: string };
};

const says = (length: number, words: NonNullable<Props["strength"]>) =>
  length < 8 ? fill(words.tooShort, { count: 8 - length }) : length < 12 ? words.short : words.long;

/** A password field that can be shown; without JavaScript it is a plain one. */
export function PasswordField({ label, autoComplete, words, hint, strength }: Props) {
  const { round } = useField("password");
  const [ready, setReady] = useState(false);
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState({ round: 0, length: 0 });
  useEffect(() => setReady(true), []);
  const toggle = (
    <button type="button" aria-pressed={shown} aria-controls="password" onClick={() => setShown(!shown)}>
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
        onInput={(event) => setTyped({ round, length: [...event.currentTarget.value.normalize("NFC")].length })}
        after={ready ? toggle : null}
      />
      {strength ? (
        <p className="hint" aria-live="polite">
          {typed.round === round && typed.length > 0 ? says(typed.length, strength) : ""}
        </p>
      ) : null}
    </>
  );
}
