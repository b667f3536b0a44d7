import { record } from "#lib/audit/record";
import { rollback, type Sql, transaction } from "#lib/db/sql";
import {
  addEndpoint,
  type EndpointProblem,
  judgeEndpoint,
  type NewEndpoint,
  pauseEndpoint,
  removeEndpoint,
  resumeEndpoint,
  rotateEndpoint,
  testEndpoint,
} from "#lib/events/endpoints";
import { type ResendProblem, resendEvent } from "#lib/events/resend";
import { fail, type Result } from "#lib/result";

/** What an operator does to endpoints and events, each act with its event in the audit log; the console adds its guard, the command its transaction. */

/** An act on an endpoint. */
export type EndpointChange =
  | ({ verb: "add" } & NewEndpoint)
  | { verb: "rotate"; id: string; overlapHours: number }
  | { verb: "pause" | "resume" | "remove" | "test"; id: string };

/** What an act leads to: the address of its endpoint, and a secret where it made one. */
export type EndpointChanged = { url: string; id?: string; secret?: string; eventId?: string };

const EVENTS = { add: "added", rotate: "rotated", pause: "paused", resume: "resumed", remove: "removed", test: "tested" } as const;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

async function make(tx: Sql, change: EndpointChange): Promise<Result<EndpointChanged, EndpointProblem>> {
  if (change.verb === "add") {
    const problem = await judgeEndpoint(change);
    return problem ? fail(problem) : addEndpoint(tx, change);
  }
  if (!UUID.test(change.id)) return fail("no_such_endpoint");
  if (change.verb === "rotate") return rotateEndpoint(tx, change.id, change.overlapHours);
  return { pause: pauseEndpoint, resume: resumeEndpoint, remove: removeEndpoint, test: testEndpoint }[change.verb](tx, change.id);
}

/** Changes an endpoint and records it; only its host is named, since a path may hold a secret of the receiver. `by` is the author. */
export async function changeEndpointIn(tx: Sql, change: EndpointChange, by: string): Promise<Result<EndpointChanged, EndpointProblem>> {
  const done = await make(tx, change);
  if (!done.ok) return done;
  await record(tx, { event: `endpoint.${EVENTS[change.verb]}`, method: `${new URL(done.value.url).host} ${by}`, ip: "", userAgent: "" });
  return done;
}

/** Sends an event again and records it. */
export async function resendIn(tx: Sql, eventId: string, by: string): Promise<Result<number, ResendProblem>> {
  const sent = await resendEvent(tx, eventId);
  if (sent.ok) await record(tx, { event: "event.resent", method: `${eventId} ${by}`, ip: "", userAgent: "" });
  return sent;
}

const alone = <T, P>(work: (tx: Sql) => Promise<Result<T, P>>): Promise<Result<T, P>> =>
  transaction(async (tx): Promise<Result<T, P>> => {
    const done = await work(tx);
    return done.ok ? done : rollback(done);
  });

/** `changeEndpointIn` in a transaction of its own. */
export const changeEndpoint = (change: EndpointChange, by: string): Promise<Result<EndpointChanged, EndpointProblem>> =>
  alone((tx) => changeEndpointIn(tx, change, by));

/** `resendIn` in a transaction of its own. */
export const resend = (eventId: string, by: string): Promise<Result<number, ResendProblem>> => alone((tx) => resendIn(tx, eventId, by));
