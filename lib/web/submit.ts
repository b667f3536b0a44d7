import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import type { z } from "zod";
import { HasherBusy } from "#lib/crypto/password-hash";
import { DatabaseUnavailable } from "#lib/db/pool";
import type { Refused } from "#lib/errors";
import { markActionEntered } from "#lib/request";
import type { Requester } from "#lib/requester";
import { fail, type Result } from "#lib/result";
import { type FormRefusal, type FormState, nextRound } from "#lib/web/form-state";
import { fieldsOf, judgeFields, shown } from "#lib/web/read-form";
import { currentRequester } from "#lib/web/requester";
import { leadBack } from "#lib/web/tie";
import type { Tie } from "#lib/web/ties";

/** The form counterpart of a call: reads the fields, checks the tie, runs the use case and redirects. */

/** What a form shows once below itself and nothing keeps, by name. */
type Shown = { shown: Record<string, string> };

/** The redirect of a form: a path of this site, null to render its own page again, or what to show there once. */
type Outcome = Result<string | null | Shown, FormRefusal>;

type Submission<S extends z.ZodObject, C> = { schema: S; tie: Tie<C>; form: FormData };

/** The use case of a form: its input, the context of its tie, and the requester. */
type Run<S extends z.ZodObject, C> = (input: z.output<S>, context: C & { requester: Requester }) => Promise<Outcome>;

/**
 * Answers a form with a state: refusals and outages of the database or the hasher are shown beside the typed values, except secrets; a bug throws.
 * The tie is checked first, before any field is judged or any limit counted (WB-12).
 */
export async function submit<S extends z.ZodObject, C>(
  { previous, ...submission }: Submission<S, C> & { previous: FormState | undefined },
  run: Run<S, C>,
): Promise<FormState> {
  const { form, tie } = submission;
  // Reading `previous` throws if the sender replaced it by a reference of the Flight protocol: that is a malformed request, so the note for the
  // front door comes after it.
  const round = nextRound(previous);
  const fields = enter(form, tie.field);
  const outcome = await runUseCase(submission, fields, run).catch((error) => fail<FormRefusal>(outage(error)));
  if (outcome.ok) {
    const { value } = outcome;
    if (typeof value === "string") return redirect(value);
    refresh();
    return value === null ? { round } : { round, values: value.shown };
  }
  if (tie.ended?.includes(outcome.error.code)) return leadBack(form);
  return { ...outcome.error, values: { ...shown(fields ?? {}), ...outcome.error.values }, round };
}

/** Answers a form that is one button without a state. A refusal changes nothing; an outage throws, so that the front door answers 503. */
export async function press<S extends z.ZodObject, C>(submission: Submission<S, C>, run: Run<S, C>): Promise<void> {
  const outcome = await runUseCase(submission, enter(submission.form, submission.tie.field), run);
  if (outcome.ok && typeof outcome.value === "string") redirect(outcome.value);
}

/**
 * Reads the fields and notes for the front door that the product's code has begun. Without a valid form the request is malformed, and Next may
 * still fail on it.
 */
function enter(form: unknown, own: string | undefined): Record<string, string> | null {
  if (!(form instanceof FormData)) return null;
  markActionEntered();
  return fieldsOf(form, own);
}

async function runUseCase<S extends z.ZodObject, C>(
  { schema, tie, form }: Submission<S, C>,
  fields: Record<string, string> | null,
  run: Run<S, C>,
): Promise<Outcome> {
  if (!((form as unknown) instanceof FormData)) return fail({ code: "invalid_input" });
  const tied = await tie.resolve(form);
  if (!tied.ok) return tied;
  const input = judgeFields(schema, fields);
  return input.ok ? run(input.value, { ...tied.value, requester: await currentRequester() }) : input;
}

/** Converts an outage of the database or the hasher into a refusal; nothing was granted. Any other error is thrown again. */
function outage(error: unknown): Refused {
  if (error instanceof DatabaseUnavailable || error instanceof HasherBusy) return { code: "unavailable", retryAfter: 5 };
  throw error;
}
