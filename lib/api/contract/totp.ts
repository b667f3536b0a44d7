import { z } from "zod";
import { beginFirstTotp, confirmFirstTotp } from "#lib/accounts/sign-up-factor";
import { beginTotp, confirmTotp, removeTotp } from "#lib/accounts/totp";
import { bodies } from "#lib/api/contract/bodies";
import { guardedRefusals, orUnauthenticated, personOrSignUp, signedInPerson, signUpRefusals } from "#lib/api/contract/person";
import { completed, completedJson } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import { afterChange, afterVerifying } from "#lib/http/bearer";
import { routePolicies } from "#lib/http/policy";

/** The calls of an account's authenticator app. */

const begin = operation({
  method: "POST",
  path: "/api/v1/factors/totp",
  summary:
    "Make the key of an authenticator app, which waits for its first code; it is not shown again once that is confirmed. Without a session, for the sign-up of the caller's challenge.",
  policy: routePolicies.api,
  body: bodies.nothing,
  answers: {
    200: {
      says: "The key, and the address for a QR code.",
      schema: z.object({ secret: z.string().describe("Base32."), uri: z.string().describe("An otpauth URI.") }),
    },
  },
  refusals: [...guardedRefusals, ...signUpRefusals],
  run: async (_, call) => {
    const person = await personOrSignUp(call);
    if (!person.ok) return person;
    const begun = person.value ? await beginTotp(person.value) : orUnauthenticated(await beginFirstTotp(call.challengeToken));
    return begun.ok ? answer(200, begun.value) : begun;
  },
});

const confirm = operation({
  method: "POST",
  path: "/api/v1/factors/totp/confirm",
  summary:
    "Take the authenticator app into use by its first code, in place of the one before. Without a session it completes the sign-up of the caller's challenge.",
  policy: routePolicies.api,
  body: bodies.confirm,
  answers: { 200: { says: "In use, and the sign-up has its session.", schema: completed }, 204: { says: "In use." } },
  refusals: [...guardedRefusals, ...signUpRefusals, "code_wrong", "not_found"],
  run: async ({ code }, call) => {
    const person = await personOrSignUp(call);
    if (!person.ok) return person;
    if (!person.value) {
      const ended = orUnauthenticated(await confirmFirstTotp(call.challengeToken, code, {}, call.requester));
      return ended.ok ? answer(200, completedJson(ended.value), afterVerifying(ended.value)) : ended;
    }
    const confirmed = await confirmTotp(person.value, code, call.requester);
    return confirmed.ok ? answer(204, undefined, afterChange(confirmed.value)) : confirmed;
  },
});

const remove = operation({
  method: "DELETE",
  path: "/api/v1/factors/totp",
  summary: "Remove the authenticator app; never the last second factor.",
  policy: routePolicies.api,
  answers: { 204: { says: "Removed." } },
  refusals: [...guardedRefusals, "not_found", "last_factor"],
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const removed = await removeTotp(person.value, call.requester);
    return removed.ok ? answer(204, undefined, afterChange(removed.value)) : removed;
  },
});

export const totpCalls = [begin, confirm, remove];
