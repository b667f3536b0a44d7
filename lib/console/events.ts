import type { ErrorCode, Refused } from "#lib/errors";
import type { EndpointProblem, MadeEndpoint, NewEndpoint } from "#lib/events/endpoints";
import { changeEndpointIn, type EndpointChanged, resendIn } from "#lib/events/operate";
import type { ResendProblem } from "#lib/events/resend";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** Endpoints and events from the console: what the command does, with the guard of staff. */

/** The problems that a field of the form shows. */
const atFields: Partial<Record<EndpointProblem | ResendProblem, Record<string, ErrorCode>>> = {
  bad_url: { url: "endpoint_url" },
  address_private: { url: "endpoint_private" },
  address_unknown: { url: "address_unknown" },
  url_taken: { url: "name_in_use" },
  bad_types: { check: "invalid_input" },
  bad_overlap: { overlap: "invalid_input" },
};

const refusedBy = (problem: EndpointProblem | ResendProblem): Refused => {
  const fields = atFields[problem];
  if (fields) return { code: "invalid_input", fields };
  return problem === "too_many" || problem === "no_change" ? { code: "not_allowed", reason: problem } : { code: "not_found" };
};

const withSecret = (done: Result<EndpointChanged, EndpointProblem>): Result<MadeEndpoint, Refused> => {
  if (!done.ok) return fail(refusedBy(done.error));
  const { id, url, secret } = done.value;
  if (!id || !secret) throw new Error("an act that makes a secret made none");
  return ok({ id, url, secret });
};

/** Adds an endpoint and returns its secret once. Refusals: those of `requireStaff`, and what is wrong at its field. */
export const addEndpointAsStaff = (acting: Acting, input: NewEndpoint): Promise<Result<MadeEndpoint, Refused>> =>
  actAsStaff(acting, { act: "events.add" }, async (tx, { by }) => withSecret(await changeEndpointIn(tx, { verb: "add", ...input }, by)));

/** Gives an endpoint a new secret and returns it once. */
export const rotateEndpointAsStaff = (acting: Acting, id: string, overlapHours: number): Promise<Result<MadeEndpoint, Refused>> =>
  actAsStaff(acting, { act: "events.rotate" }, async (tx, { by }) =>
    withSecret(await changeEndpointIn(tx, { verb: "rotate", id, overlapHours }, by)),
  );

/** What one button does to an endpoint. */
export const endpointActs = ["pause", "resume", "remove", "test"] as const;
export type EndpointAct = (typeof endpointActs)[number];

/** Pauses, resumes, removes or tries an endpoint. Refusals: those of `requireStaff`, `not_found`, `no_change`. */
export const actOnEndpoint = (acting: Acting, id: string, act: EndpointAct): Promise<Result<EndpointChanged, Refused>> =>
  actAsStaff(acting, { act: `events.${act}` }, async (tx, { by }) => {
    const done = await changeEndpointIn(tx, { verb: act, id }, by);
    return done.ok ? done : fail(refusedBy(done.error));
  });

/** Sends an event again. Refusals: those of `requireStaff`, `not_found`, `no_change`. */
export const resendEventAsStaff = (acting: Acting, eventId: string): Promise<Result<number, Refused>> =>
  actAsStaff(acting, { act: "events.resend" }, async (tx, { by }) => {
    const sent = await resendIn(tx, eventId, by);
    return sent.ok ? sent : fail(refusedBy(sent.error));
  });
