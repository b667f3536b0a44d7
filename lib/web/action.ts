import type { z } from "zod";
import { HasherBusy } from "#lib/crypto/password-hash";
import { DatabaseUnavailable } from "#lib/db/pool";
import type { ErrorCode, Refused } from "#lib/errors";
import { markActionEntered } from "#lib/request";

/** What a form shows after an action that did not lead on; never a password. */
export type FormState = Partial<Refused> & {
  /** What was typed, to be shown again. */
  values?: Record<string, string>;
  /** Grows with each answer, so that the same error is announced again. */
  round?: number;
};

/** The state of a form nobody has sent yet. */
export const untouched: FormState = {};

/** The round after a state. The browser sends the state back, so it may be anything. */
export const nextRound = (previous: FormState | undefined): number => (typeof previous?.round === "number" ? previous.round : 0) + 1;

type Entered<T> = { ok: true; input: T } | { ok: false; state: FormState };

/** Fields that never come back to the browser. */
const SECRET = new Set(["password", "code"]);

/** Reads a form as strings only: a file, a repeated or an unknown field is refused before anything else sees it (WB-05). */
function fieldsOf(form: FormData): Record<string, string> | null {
  // Without a prototype, so that a field of the name __proto__ is one more unknown field and not swallowed.
  const fields: Record<string, string> = Object.create(null);
  for (const [key, value] of form.entries()) {
    if (key.startsWith("$ACTION")) continue;
    if (typeof value !== "string" || Object.hasOwn(fields, key) || value.includes("\0")) return null;
    fields[key] = value;
  }
  return fields;
}

/**
 * The first line of every action: notes for the front door that our code has begun, and parses the form with a strict schema.
 * A wrong form comes back with the code of each field and with what was typed, secrets excepted.
 */
export function enter<S extends z.ZodObject>(schema: S, form: unknown, previous?: FormState): Entered<z.infer<S>> {
  // Reading `previous` throws when the sender put a reference of the Flight protocol in its place: that is still a malformed request,
  // so the note for the front door comes after it.
  const round = nextRound(previous);
  // An action that was called with anything but a form is a malformed request too, and Next may yet fail over what it was called with.
  if (form instanceof FormData) markActionEntered();
  const fields = form instanceof FormData ? fieldsOf(form) : null;
  if (!fields) return { ok: false, state: { code: "invalid_input", round } };
  const parsed = schema.strict().safeParse(fields);
  if (parsed.success) return { ok: true, input: parsed.data as z.infer<S> };
  const errors: Record<string, ErrorCode> = {};
  for (const issue of parsed.error.issues) errors[String(issue.path[0] ?? "form")] ??= issueCode(issue, fields);
  return { ok: false, state: { code: "invalid_input", fields: errors, values: shown(fields), round } };
}

const issueCode = (issue: z.core.$ZodIssue, fields: Record<string, string>): ErrorCode => {
  const value = fields[String(issue.path[0])];
  return value === undefined || value.trim() === "" ? "required" : "invalid_input";
};

const shown = (fields: Record<string, string>) => Object.fromEntries(Object.entries(fields).filter(([key]) => !SECRET.has(key)));

/** The state that shows a refusal of a use case beside what was typed. */
export const refusedState = (refused: Refused, input: object, previous?: FormState): FormState => ({
  ...refused,
  values: shown(Object.fromEntries(Object.entries(input).filter((entry): entry is [string, string] => typeof entry[1] === "string"))),
  round: nextRound(previous),
});

/** An outage as a refusal: the database or the hasher cannot answer now, and nothing was granted. Anything else is a bug and throws on. */
export function outage(error: unknown): Refused {
  if (error instanceof DatabaseUnavailable || error instanceof HasherBusy) return { code: "unavailable", retryAfter: 5 };
  throw error;
}
