"use server";

import { z } from "zod";
import { addKeyAsStaff, removeKeyAsStaff, rotateKeyAsStaff } from "#lib/console/keys";
import type { Refused } from "#lib/errors";
import { scopes } from "#lib/keys/scopes";
import { ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/admin/keys";
const digits = z
  .string()
  .trim()
  .transform((typed) => typed.normalize("NFKC"))
  .pipe(z.string().regex(/^\d{0,9}$/));
const adding = z.object({
  act: z.literal("add"),
  name: z.string().trim().max(64),
  scope: z.enum(scopes),
  countries: z.string().max(400).optional(),
  perDay: digits.optional(),
});
const rotating = z.object({ act: z.literal("rotate"), name: z.string().max(64), overlap: digits });
const removing = z.object({ act: z.literal("remove"), name: z.string().max(64) });

const listOf = (typed: string): string[] =>
  typed
    .normalize("NFKC")
    .toUpperCase()
    .split(/[\s,、]+/)
    .filter(Boolean);
const whyOf = ({ code, reason }: Refused): string => (code === "not_allowed" && reason ? reason : code);

/** Makes a key and shows it once: the answer of this form is the only place where it stands. */
export async function addKeyAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: adding, tie: ofSession, previous, form }, async ({ name, scope, countries = "", perDay = "" }, { session }) => {
    const named = listOf(countries);
    const key = { name, scopes: [scope], countries: named.length > 0 ? named : null, sendsPerDay: perDay === "" ? null : Number(perDay) };
    const made = await addKeyAsStaff(actingOf(session), key);
    return made.ok ? ok({ shown: { made: made.value, madeFor: name } }) : made;
  });
}

/** Gives a key a new secret and shows it once. */
export async function rotateKeyAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: rotating, tie: ofSession, previous, form }, async ({ name, overlap }, { session }) => {
    const made = await rotateKeyAsStaff(actingOf(session), name, overlap === "" ? Number.NaN : Number(overlap));
    return made.ok ? ok({ shown: { made: made.value, madeFor: name } }) : made;
  });
}

/** Removes a key at once. */
export async function removeKeyAction(form: FormData): Promise<void> {
  return press({ schema: removing, tie: ofSession, form }, async ({ name }, { session }) => {
    const done = await removeKeyAsStaff(actingOf(session), name);
    return ok(`${HERE}?${done.ok ? "done=remove" : `refused=${whyOf(done.error)}`}`);
  });
}
