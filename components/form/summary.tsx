"use client";

import { useEffect, useRef } from "react";
import type { FormState } from "#lib/web/form-state";
import { fill, spokenWait } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";

/** Maps a refusal of the whole form to the field that it concerns. */
const fieldOfCode: Partial<Record<string, string>> = { number_not_accepted: "number", code_wrong: "code" };

/** Returns the message of a refusal. */
export function messageOf(state: FormState, copy: FormCopy): string {
  const reason = state.reason as keyof NonNullable<FormCopy["numberReasons"]> | undefined;
  const specific = reason && copy.numberReasons?.[reason];
  const wrong = copy.wrongReasons[state.reason as keyof FormCopy["wrongReasons"]];
  if (specific || wrong) return specific || wrong;
  return fill(copy.errors[state.code ?? "invalid_input"], { wait: spokenWait(state.retryAfter ?? 60, copy.locale) });
}

/** Returns the error messages of this form's fields by name. */
export function fieldMessages(state: FormState, copy: FormCopy, names: readonly string[]): Record<string, string> {
  const own = state.code ? fieldOfCode[state.code] : undefined;
  if (own && names.includes(own)) return { [own]: messageOf(state, copy) };
  const entries = Object.entries(state.fields ?? {}).filter(([name]) => names.includes(name));
  return Object.fromEntries(entries.map(([name, code]) => [name, copy.errors[code]]));
}

/** The fields of a form with their labels, in order. */
export type Labels = Record<string, string>;

/** A summary line has no field beside it, so a message that depends on its field is replaced by one that names the field. */
const alone = (message: string, label: string | undefined, { errors }: FormCopy) =>
  message === errors.required || message === errors.invalid_input ? `${label}: ${message}` : message;

type Props = { state: FormState; copy: FormCopy; labels: Labels };

/** The error summary: focused, above the form, each line a link to its field. */
export function Summary({ state, copy, labels }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.code) ref.current?.focus();
  }, [state]);
  if (!state.code) return null;
  const lines = Object.entries(fieldMessages(state, copy, Object.keys(labels)));
  return (
    // biome-ignore lint/a11y/noAutofocus: without JavaScript this is what brings the person to the errors
    <div className="summary" ref={ref} tabIndex={-1} role="alert" autoFocus>
      {lines.length > 0 ? (
        <>
          <p className="summary-title">{copy.errorTitle}</p>
          <ul>
            {lines.map(([name, message]) => (
              <li key={name}>
                <a href={`#${name}`}>{alone(message, labels[name], copy)}</a>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="summary-title">{messageOf(state, copy)}</p>
      )}
    </div>
  );
}

/** The title of a page with a form, marked when the form has an error. */
export const FormTitle = ({ state, copy, title }: { state: FormState; copy: FormCopy; title: string }) => (
  <title>{`${state.code ? `${copy.errorPrefix}: ` : ""}${title} – ${copy.service}`}</title>
);
