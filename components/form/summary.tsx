"use client";

import { useEffect, useRef } from "react";
import type { FormState } from "#lib/web/form-state";
import { fill, spokenWait } from "#lib/words/fill";
import type { FormCopy } from "#lib/words/form-copy";

/** The field a refusal of the whole form belongs to. */
const fieldOfCode: Partial<Record<string, string>> = { number_not_accepted: "number", code_wrong: "code" };

/** The words of a refusal. */
export function messageOf(state: FormState, copy: FormCopy): string {
  const reason = state.reason as keyof NonNullable<FormCopy["numberReasons"]> | undefined;
  const specific = reason && copy.numberReasons?.[reason];
  if (specific) return specific;
  return fill(copy.errors[state.code ?? "invalid_input"], { wait: spokenWait(state.retryAfter ?? 60, copy.locale) });
}

/** The message of each named field of this form. */
export function fieldMessages(state: FormState, copy: FormCopy, names: readonly string[]): Record<string, string> {
  const own = state.code ? fieldOfCode[state.code] : undefined;
  if (own && names.includes(own)) return { [own]: messageOf(state, copy) };
  const entries = Object.entries(state.fields ?? {}).filter(([name]) => names.includes(name));
  return Object.fromEntries(entries.map(([name, code]) => [name, copy.errors[code]]));
}

/** The fields of a form with their labels, in order. */
export type Labels = Record<string, string>;

/** A line of the summary stands alone, so a sentence that needs its field beside it names the field. */
const alone = (message: string, label: string | undefined, { errors }: FormCopy) =>
  message === errors.required || message === errors.invalid_input ? `${label}: ${message}` : message;

type Props = { state: FormState; copy: FormCopy; labels: Labels };

/** What is wrong, on top and focused, each line leading to its field. */
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

/** The title of a page with a form; it says when something is wrong. */
export const FormTitle = ({ state, copy, title }: { state: FormState; copy: FormCopy; title: string }) => (
  <title>{`${state.code ? `${copy.errorPrefix}: ` : ""}${title} – ${copy.service}`}</title>
);
