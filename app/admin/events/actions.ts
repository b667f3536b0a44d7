"use server";

import { z } from "zod";
import { isEventType } from "#lib/audit/told";
import { actOnEndpoint, addEndpointAsStaff, endpointActs, resendEventAsStaff, rotateEndpointAsStaff } from "#lib/console/events";
import type { Refused } from "#lib/errors";
import { ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/admin/events";
const adding = z.object({
  act: z.literal("add"),
  url: z.string().trim().max(500),
  check: z
    .string()
    .max(1000)
    .transform((typed) => typed.split(" "))
    .refine((types) => types.every(isEventType))
    .optional(),
});
const rotating = z.object({
  act: z.literal("rotate"),
  endpoint: z.uuid(),
  overlap: z
    .string()
    .trim()
    .transform((typed) => typed.normalize("NFKC"))
    .pipe(z.string().regex(/^\d{1,3}$/)),
});
const acting = z.object({ endpoint: z.uuid(), act: z.enum(endpointActs) });
const resending = z.object({ event: z.uuid(), act: z.literal("resend") });

const whyOf = ({ code, reason }: Refused): string => (code === "not_allowed" && reason ? reason : code);

/** Adds an endpoint and shows its secret once: the answer of this form is the only place where it stands. */
export async function addEndpointAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: adding, tie: ofSession, previous, form }, async ({ url, check }, { session }) => {
    const added = await addEndpointAsStaff(actingOf(session), { url, types: check ?? null });
    return added.ok ? ok({ shown: { made: added.value.secret, madeFor: added.value.url } }) : added;
  });
}

/** Gives an endpoint a new secret and shows it once. */
export async function rotateEndpointAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: rotating, tie: ofSession, previous, form }, async ({ endpoint, overlap }, { session }) => {
    const made = await rotateEndpointAsStaff(actingOf(session), endpoint, Number(overlap));
    return made.ok ? ok({ shown: { made: made.value.secret, madeFor: made.value.url } }) : made;
  });
}

/** Pauses, resumes, removes or tries an endpoint by its button. */
export async function actOnEndpointAction(form: FormData): Promise<void> {
  return press({ schema: acting, tie: ofSession, form }, async ({ endpoint, act }, { session }) => {
    const done = await actOnEndpoint(actingOf(session), endpoint, act);
    return ok(`${HERE}?${done.ok ? `done=${act}` : `refused=${whyOf(done.error)}`}`);
  });
}

/** Sends an event again to those that took it or for which it is parked. */
export async function resendEventAction(form: FormData): Promise<void> {
  return press({ schema: resending, tie: ofSession, form }, async ({ event }, { session }) => {
    const done = await resendEventAsStaff(actingOf(session), event);
    return ok(`${HERE}/${event}?${done.ok ? "done=resend" : `refused=${whyOf(done.error)}`}`);
  });
}
