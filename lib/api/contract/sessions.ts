import { z } from "zod";
import { bodies } from "#lib/api/contract/bodies";
import { personRefusals, signedInPerson } from "#lib/api/contract/person";
import { session, sessionJson } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import { activityBefore } from "#lib/audit/activity";
import { RECOVERY_CODES } from "#lib/authenticators/recovery-codes/authenticator";
import { confirmRecoveryCodes, issuedRecoveryCodes, replaceRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { afterChange, drop, sessionCookie } from "#lib/http/bearer";
import type { ApiCall } from "#lib/http/called";
import { routePolicies } from "#lib/http/policy";
import { fail } from "#lib/result";
import { endOtherSessions, endOwnSession, endSession } from "#lib/sessions/end-session";
import { listSessions } from "#lib/sessions/list-sessions";
import { readSession } from "#lib/sessions/read-session";
import { browserOf } from "#lib/words/browser";

/** The calls of a browser's session, and the calls that require one. */

const line = z.object({
  id: z.uuid(),
  current: z.boolean(),
  browser: z.string(),
  authenticatedAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
});

const currentSession = ({ requester }: ApiCall) => readSession(requester.sessionToken ?? "");

const show = operation({
  method: "GET",
  path: "/api/v1/session",
  summary: "The session of this browser.",
  policy: routePolicies.api,
  answers: { 200: { says: "The session.", schema: session } },
  refusals: ["unauthenticated"],
  run: async (_, call) => {
    const found = await currentSession(call);
    return found ? answer(200, sessionJson(found)) : fail({ code: "unauthenticated" });
  },
});

const signOut = operation({
  method: "DELETE",
  path: "/api/v1/session",
  summary: "Sign out.",
  policy: routePolicies.api,
  answers: { 204: { says: "Signed out." } },
  refusals: [],
  run: async (_, { requester }) => {
    if (requester.sessionToken) await endSession(requester.sessionToken, requester);
    return answer(204, undefined, [drop(sessionCookie())]);
  },
});

const recoveryCodes = operation({
  method: "POST",
  path: "/api/v1/recovery-codes",
  summary: "Show the unconfirmed recovery codes again, or replace the confirmed ones after step-up.",
  policy: routePolicies.api,
  body: bodies.nothing,
  answers: { 200: { says: "Ten codes.", schema: z.object({ codes: z.array(z.string()).length(RECOVERY_CODES) }) } },
  refusals: ["unauthenticated", "factor_required", "step_up_required", "account_restricted"],
  run: async (_, call) => {
    const found = await currentSession(call);
    if (!found) return fail({ code: "unauthenticated" });
    const issued = await issuedRecoveryCodes(found.user.id);
    if (issued.ok) return answer(200, { codes: issued.value });
    if (found.nextStep === "enrol_factor") return fail({ code: "factor_required" });
    const { id: userId, locale } = found.user;
    const replaced = await replaceRecoveryCodes({ userId, sessionId: found.sessionId, locale }, call.requester);
    return replaced.ok ? answer(200, { codes: replaced.value.value }, afterChange(replaced.value)) : replaced;
  },
});

const confirm = operation({
  method: "POST",
  path: "/api/v1/recovery-codes/confirm",
  summary: "Confirm with one of the codes that they are saved; it stays valid.",
  policy: routePolicies.api,
  body: bodies.confirm,
  answers: { 200: { says: "Done.", schema: z.object({ next: z.enum(["enrol_factor", "done"]), session }) } },
  refusals: ["unauthenticated", "code_wrong", "saved_required"],
  run: async ({ code }, call) => {
    const found = await currentSession(call);
    if (!found) return fail({ code: "unauthenticated" });
    const confirmed = await confirmRecoveryCodes(found.user.id, { code }, call.requester);
    if (!confirmed.ok) return confirmed;
    const now = await currentSession(call);
    const nextStep = now?.nextStep === "enrol_factor" ? now.nextStep : null;
    return answer(200, { next: nextStep ?? ("done" as const), session: sessionJson({ ...found, nextStep }) });
  },
});

const list = operation({
  method: "GET",
  path: "/api/v1/sessions",
  summary: "The sessions of the account, the latest used first.",
  policy: routePolicies.api,
  answers: { 200: { says: "The sessions.", schema: z.object({ sessions: z.array(line) }) } },
  refusals: personRefusals,
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const lines = await listSessions(person.value.userId);
    return answer(200, {
      sessions: lines.map(({ id, userAgent, signedInAt, lastSeenAt }) => ({
        id,
        current: id === person.value.sessionId,
        browser: browserOf(userAgent),
        authenticatedAt: signedInAt,
        lastSeenAt,
      })),
    });
  },
});

const end = operation({
  method: "DELETE",
  path: "/api/v1/sessions/{id}",
  summary: "End one session of the account; an unknown one gets the same answer as another account's.",
  policy: routePolicies.api,
  answers: { 204: { says: "Ended." } },
  refusals: [...personRefusals, "not_found"],
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const { userId, sessionId } = person.value;
    const id = call.params.id ?? "";
    if (!(await endOwnSession(userId, id, call.requester))) return fail({ code: "not_found" });
    return answer(204, undefined, id === sessionId ? [drop(sessionCookie())] : []);
  },
});

const endOthers = operation({
  method: "DELETE",
  path: "/api/v1/sessions",
  summary: "End every session of the account but this one.",
  policy: routePolicies.api,
  answers: { 204: { says: "Ended." } },
  refusals: personRefusals,
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    await endOtherSessions(person.value.userId, person.value.sessionId, call.requester);
    return answer(204, undefined);
  },
});

const activity = operation({
  method: "GET",
  path: "/api/v1/activity",
  summary: "What happened to the account, newest first; `next` asks for what came before.",
  policy: routePolicies.api,
  parameters: [{ in: "query", name: "before", schema: z.string(), says: "Events before this place, as `next` of an earlier answer." }],
  answers: {
    200: {
      says: "The events.",
      schema: z.object({
        events: z.array(
          z.object({ event: z.string(), at: z.iso.datetime(), method: z.string().optional(), browser: z.string().optional() }),
        ),
        next: z.string().nullable(),
      }),
    },
  },
  refusals: [...personRefusals, "invalid_input"],
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const before = call.query.get("before");
    if (before !== null && !/^[0-9]{1,18}$/.test(before)) return fail({ code: "invalid_input" });
    const { events, next } = await activityBefore(person.value.userId, before);
    return answer(200, {
      events: events.map(({ event, at, method, userAgent }) => ({
        event,
        at,
        ...(method ? { method } : {}),
        ...(userAgent ? { browser: browserOf(userAgent) } : {}),
      })),
      next,
    });
  },
});

export const sessions = [show, signOut, recoveryCodes, confirm, list, end, endOthers, activity];
