import { record } from "#lib/audit/record";
import type { Sql } from "#lib/db/sql";
import type { ErrorCode, Refused } from "#lib/errors";
import {
  addEndpoint,
  type EndpointProblem,
  judgeEndpoint,
  type MadeEndpoint,
  type NewEndpoint,
  pauseEndpoint,
  removeEndpoint,
  resumeEndpoint,
  rotateEndpoint,
  testEndpoint,
} from "#lib/events/endpoints";
import { type ResendProblem, resendEvent } from "#lib/events/read";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** Endpoints and events from the console: the rules of the command, with the guard of staff and an event for every act. */

type EndpointEvent = "added" | "rotated" | "paused" | "resumed" | "removed" | "tested";

/** Notes an act on an endpoint; only its host is named, since a path may hold a secret of the receiver. */
export const noteEndpoint = (tx: Sql, event: EndpointEvent, url: string, by: string) =>
  record(tx, { event: `endpoint.${event}`, method: `${new URL(url).host} ${by}`, ip: "", userAgent: "" });

/** Notes that an event was sent again. */
export const noteResent = (tx: Sql, eventId: string, by: string) =>
  record(tx, { event: "event.resent", method: `${eventId} ${by}`, ip: "", userAgent: "" });

/** The problems that a field of the form shows. */
const atFields: Partial<Record<EndpointProblem | ResendProblem, Record<string, ErrorCode>>> = {
  bad_url: { url: "endpoint_url" },
  address_private: { url: "endpoint_private" },
  address_unknown: { url: "address_unknown" },
  url_taken: { url: "name_in_use" },
  bad_types: { types: "required" },
  bad_overlap: { overlap: "invalid_input" },
};

const refusedBy = (problem: EndpointProblem | ResendProblem): Refused => {
  const fields = atFields[problem];
  if (fields) return { code: "invalid_input", fields };
  return problem === "too_many" || problem === "no_change" ? { code: "not_allowed", reason: problem } : { code: "not_found" };
};

/** Adds an endpoint and returns its secret once. Refusals: those of `requireStaff`, and what is wrong at its field. */
export async function addEndpointAsStaff(acting: Acting, input: NewEndpoint): Promise<Result<MadeEndpoint, Refused>> {
  return actAsStaff(acting, { act: "events.add" }, async (tx, { by }) => {
    const problem = await judgeEndpoint(input);
    const added = problem ? fail(problem) : await addEndpoint(tx, input);
    if (!added.ok) return fail(refusedBy(added.error));
    await noteEndpoint(tx, "added", added.value.url, by);
    return added;
  });
}

/** Gives an endpoint a new secret and returns it once. */
export const rotateEndpointAsStaff = (acting: Acting, id: string, overlapHours: number): Promise<Result<MadeEndpoint, Refused>> =>
  actAsStaff(acting, { act: "events.rotate" }, async (tx, { by }) => {
    const rotated = await rotateEndpoint(tx, id, overlapHours);
    if (!rotated.ok) return fail(refusedBy(rotated.error));
    await noteEndpoint(tx, "rotated", rotated.value.url, by);
    return rotated;
  });

/** What one button does to an endpoint, and the event of it. */
const acts = {
  pause: { run: pauseEndpoint, event: "paused" },
  resume: { run: resumeEndpoint, event: "resumed" },
  remove: { run: removeEndpoint, event: "removed" },
  test: { run: testEndpoint, event: "tested" },
} as const;
export type EndpointAct = keyof typeof acts;
export const endpointActs = Object.keys(acts) as [EndpointAct, ...EndpointAct[]];

/** Pauses, resumes, removes or tries an endpoint. Refusals: those of `requireStaff`, `not_found`, `no_change`. */
export const actOnEndpoint = (acting: Acting, id: string, act: EndpointAct): Promise<Result<{ url: string; eventId?: string }, Refused>> =>
  actAsStaff(acting, { act: `events.${act}` }, async (tx, { by }) => {
    const done = await acts[act].run(tx, id);
    if (!done.ok) return fail(refusedBy(done.error));
    await noteEndpoint(tx, acts[act].event, done.value.url, by);
    return ok(done.value);
  });

/** Sends an event again. Refusals: those of `requireStaff`, `not_found`, `no_change`. */
export const resendEventAsStaff = (acting: Acting, eventId: string): Promise<Result<number, Refused>> =>
  actAsStaff(acting, { act: "events.resend" }, async (tx, { by }) => {
    const sent = await resendEvent(tx, eventId);
    if (!sent.ok) return fail(refusedBy(sent.error));
    await noteResent(tx, eventId, by);
    return sent;
  });
