import { z } from "zod";
import { bodies } from "#lib/api/contract/bodies";
import { session, sessionJson } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import { RECOVERY_CODES } from "#lib/authenticators/recovery-codes/authenticator";
import { confirmRecoveryCodes, issuedRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { drop, sessionCookie } from "#lib/http/bearer";
import type { ApiCall } from "#lib/http/called";
import { routePolicies } from "#lib/http/policy";
import { fail } from "#lib/result";
import { endSession } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";

/** The calls of a browser's session, and the calls that require one. */

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
  summary: "Issue the recovery codes, or show the unconfirmed set again.",
  policy: routePolicies.api,
  body: bodies.nothing,
  answers: { 200: { says: "Ten codes.", schema: z.object({ codes: z.array(z.string()).length(RECOVERY_CODES) }) } },
  refusals: ["unauthenticated", "step_up_required"],
  run: async (_, call) => {
    const found = await currentSession(call);
    if (!found) return fail({ code: "unauthenticated" });
    const issued = await issuedRecoveryCodes(found.user.id);
    return issued.ok ? answer(200, { codes: issued.value }) : issued;
  },
});

const confirm = operation({
  method: "POST",
  path: "/api/v1/recovery-codes/confirm",
  summary: "Confirm with one of the codes that they are saved; it stays valid.",
  policy: routePolicies.api,
  body: bodies.confirm,
  answers: { 200: { says: "Done.", schema: z.object({ next: z.literal("done"), session }) } },
  refusals: ["unauthenticated", "code_wrong", "saved_required"],
  run: async ({ code }, call) => {
    const found = await currentSession(call);
    if (!found) return fail({ code: "unauthenticated" });
    const confirmed = await confirmRecoveryCodes(found.user.id, { code }, call.requester);
    if (!confirmed.ok) return confirmed;
    return answer(200, { next: "done", session: sessionJson({ ...found, nextStep: null }) });
  },
});

export const sessions = [show, signOut, recoveryCodes, confirm];
