import { redirect } from "next/navigation";
import { z } from "zod";
import { HasherBusy } from "#lib/crypto/password-hash";
import { DatabaseUnavailable } from "#lib/db/pool";
import type { ErrorCode, Refused } from "#lib/errors";
import { markActionEntered } from "#lib/request";
import { fail, ok, type Result } from "#lib/result";
import type { SessionView } from "#lib/sessions/session";
import { keepsCookies } from "#lib/web/cookies";
import { challengeOf, leadBack, sessionOf, TIE } from "#lib/web/tie";

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

type Entered<T, Tied = unknown> = ({ ok: true; input: T } & Tied) | { ok: false; state: FormState };

/** Fields that never come back to the browser. */
const SECRET = new Set(["password", "code"]);

/** Reads a form as strings only: a file, a repeated or an unknown field is refused before anything else sees it (WB-05). */
function fieldsOf(form: FormData, without: string | undefined): Record<string, string> | null {
  // Without a prototype, so that a field of the name __proto__ is one more unknown field and not swallowed.
  const fields: Record<string, string> = Object.create(null);
  for (const [key, value] of form.entries()) {
    if (key.startsWith("$ACTION") || key === without) continue;
    if (typeof value !== "string" || Object.hasOwn(fields, key) || value.includes("\0")) return null;
    fields[key] = value;
  }
  return fields;
}

/**
 * Parses the form with a strict schema and notes for the front door that our code has begun; every action calls one of the four functions below
 * first. An invalid form returns the code of each field and the typed values, except secrets.
 */
function parse<S extends z.ZodObject>(schema: S, form: unknown, previous?: FormState, without?: string): Entered<z.infer<S>> {
  // Reading `previous` throws when the sender put a reference of the Flight protocol in its place: that is still a malformed request,
  // so the note for the front door comes after it.
  const round = nextRound(previous);
  // An action that was called with anything but a form is a malformed request too, and Next may yet fail over what it was called with.
  if (form instanceof FormData) markActionEntered();
  const fields = form instanceof FormData ? fieldsOf(form, without) : null;
  if (!fields) return { ok: false, state: { code: "invalid_input", round } };
  const parsed = schema.strict().safeParse(fields);
  if (parsed.success) return { ok: true, input: parsed.data as z.infer<S> };
  const errors: Record<string, ErrorCode> = {};
  for (const issue of parsed.error.issues) errors[String(issue.path[0] ?? "form")] ??= issueCode(issue, fields);
  return { ok: false, state: { code: "invalid_input", fields: errors, values: shown(fields), round } };
}

/** Starts an action that is tied to no challenge and no session. */
export const enter = <S extends z.ZodObject>(schema: S, form: unknown, previous?: FormState) => parse(schema, form, previous);

/** A field of pages that gave the browser a cookie to store (lib/http). */
const asked = z.object({ cookies: z.literal("asked").optional() });

/**
 * Starts an action that begins a challenge. A browser that got a cookie with this form but sends none blocks cookies, and gets an error before a
 * password is checked or a code sent; requests without our form (programs) are exempt.
 */
export async function enterStart<S extends z.ZodObject>(schema: S, form: unknown, previous?: FormState): Promise<Entered<z.infer<S>>> {
  const entered = parse(schema.extend(asked.shape), form, previous);
  if (!entered.ok) return entered;
  const { cookies, ...input } = entered.input as z.infer<typeof asked>;
  if (cookies === undefined || (await keepsCookies())) return { ok: true, input: input as z.infer<S> };
  return { ok: false, state: refusedState({ code: "cookies_blocked" }, input, previous) };
}

/**
 * Starts an action on this browser's challenge: a form of another challenge, or of none, is redirected before anything is checked or counted. The
 * use case gets `drawnFor` and rejects the row of any other challenge (WB-12).
 */
export async function enterChallenge<S extends z.ZodObject>(
  schema: S,
  form: unknown,
  previous?: FormState,
): Promise<Entered<z.infer<S>, { drawnFor: string }>> {
  const entered = parse(schema, form, previous, TIE);
  const tied = await tie(form, challengeOf);
  if (!tied.ok) return { ok: false, state: refusedState(tied.error, entered.ok ? entered.input : {}, previous) };
  return entered.ok ? { ...entered, drawnFor: tied.value } : entered;
}

/**
 * Starts an action on this browser's session and returns it; account and id come from the row that the form was drawn for. Until the recovery codes
 * are saved, only the action with `saving` continues.
 */
export async function enterSession<S extends z.ZodObject>(
  schema: S,
  form: unknown,
  previous?: FormState,
  { saving = false } = {},
): Promise<Entered<z.infer<S>, { session: SessionView }>> {
  const entered = parse(schema, form, previous, TIE);
  const tied = await tie(form, sessionOf);
  if (!tied.ok) return { ok: false, state: refusedState(tied.error, entered.ok ? entered.input : {}, previous) };
  if (tied.value.nextStep === "save_recovery_codes" && !saving) redirect("/recovery-codes");
  return entered.ok ? { ...entered, session: tied.value } : entered;
}

/**
 * Resolves the challenge or session of a form; redirects if the form does not match this browser, and returns an error with the typed values during
 * an outage.
 */
async function tie<T>(form: unknown, find: (form: FormData) => Promise<T | null>): Promise<Result<T, Refused>> {
  if (!(form instanceof FormData)) return fail({ code: "invalid_input" });
  const found = await find(form).then(ok, (error) => fail(outage(error)));
  return found.ok ? (found.value === null ? leadBack(form) : ok(found.value)) : found;
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
