import { z } from "zod";
import { bindPhone } from "#lib/accounts/bind-phone";
import { addPhone } from "#lib/accounts/phones";
import { mailRecoveryAgain } from "#lib/accounts/recovery-mail-again";
import { signInOnDevice } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { bodies } from "#lib/api/contract/bodies";
import { signedInPerson } from "#lib/api/contract/person";
import { challenge, entered, sessionJson, toVerify, verified } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { idOfForm } from "#lib/crypto/form-name";
import { afterOpening, afterTrustedSignIn, afterTrusting, afterVerifying } from "#lib/http/bearer";
import type { ApiCall } from "#lib/http/called";
import { routePolicies } from "#lib/http/policy";
import { readChallenge, sendCode, type Verified, verifyChallenge } from "#lib/purposes/challenges";
import { trustVerified } from "#lib/purposes/trust";
import { fail } from "#lib/result";

/** The calls that open, send and verify a challenge. */

const toChallenge = (view: OpenedChallenge["view"]) => ({ next: "verify" as const, challenge: view });
const cookiesOf = (opened: OpenedChallenge, { requester }: ApiCall) => afterOpening(opened, requester.sessionToken !== undefined);

const startSignUp = operation({
  method: "POST",
  path: "/api/v1/sign-up",
  summary: "Start a sign-up; a known address gets the same answer.",
  policy: routePolicies.api,
  body: bodies.signUp,
  answers: { 202: { says: "The challenge that proves the address.", schema: toVerify } },
  refusals: ["sign_up_closed", "too_many_requests", "sending_stopped"],
  run: async (input, call) => {
    const opened = await signUp(input, call.requester);
    return opened.ok ? answer(202, toChallenge(opened.value.view), cookiesOf(opened.value, call)) : opened;
  },
});

const startSignIn = operation({
  method: "POST",
  path: "/api/v1/sign-in",
  summary: "Check a password and open the challenge of the second factor; a trusted device is signed in.",
  policy: routePolicies.api,
  body: bodies.signIn,
  answers: { 200: { says: "The challenge or, from a trusted device, the session.", schema: entered } },
  refusals: ["credentials_wrong", "too_many_requests"],
  run: async (input, call) => {
    const signedIn = await signInOnDevice(input, call.requester);
    if (!signedIn.ok) return signedIn;
    const { value } = signedIn;
    if ("session" in value) return answer(200, { next: "done" as const, session: sessionJson(value.session) }, afterTrustedSignIn(value));
    return answer(200, toChallenge(value.view), cookiesOf(value, call));
  },
});

const FORM = "Sekisho-Form";

/** An exhausted challenge is still returned, without methods; any other ended one is gone. */
const show = operation({
  method: "GET",
  path: "/api/v1/challenge",
  summary: "The challenge of this browser.",
  policy: routePolicies.api,
  parameters: [
    {
      in: "header",
      name: FORM,
      schema: z.string(),
      says: "The hidden field `form` of a page: 409 when the browser has another challenge than the one it was drawn for.",
    },
  ],
  answers: { 200: { says: "The challenge.", schema: challenge } },
  refusals: ["challenge_missing", "form_of_another"],
  run: async (_, { challengeToken, headers }) => {
    const found = await readChallenge(challengeToken);
    const form = headers[FORM.toLowerCase()];
    if (form !== undefined && (!found || found.id !== idOfForm(form))) return fail({ code: "form_of_another" });
    if (!found || found.state === "expired" || found.state === "replaced") return fail({ code: "challenge_missing" });
    return answer(200, found.view);
  },
});

const send = operation({
  method: "POST",
  path: "/api/v1/challenge/send",
  summary: "Send the code again, or by another way.",
  policy: routePolicies.api,
  body: bodies.send,
  answers: { 202: { says: "The challenge.", schema: challenge } },
  refusals: [
    "challenge_missing",
    "challenge_expired",
    "method_not_available",
    "too_many_attempts",
    "too_many_sends",
    "too_many_requests",
    "sending_stopped",
  ],
  run: async (input, { challengeToken, requester }) => {
    const sent =
      input.method === "recovery_mail" ? await mailRecoveryAgain(challengeToken) : await sendCode(challengeToken, input, requester);
    return sent.ok ? answer(202, sent.value) : sent;
  },
});

const whereTo = (value: Verified) => {
  if ("challengeToken" in value) return { next: value.next, challenge: value.challenge };
  if (value.next === "lost_phone") return { next: value.next, request: value.request };
  if (value.next === "confirmed") return { next: value.next, confirmation: value.confirmation };
  if (value.next === "stepped_up") return { next: value.next, until: value.until.toISOString() };
  return { next: value.next, session: sessionJson(value.session) };
};

const verify = operation({
  method: "POST",
  path: "/api/v1/challenge/verify",
  summary: "Answer the challenge.",
  policy: routePolicies.api,
  body: bodies.verify,
  answers: { 200: { says: "Where it leads.", schema: verified } },
  refusals: [
    "code_wrong",
    "challenge_missing",
    "challenge_expired",
    "method_not_available",
    "number_taken",
    "account_restricted",
    "email_taken",
    "too_many_attempts",
    "too_many_requests",
  ],
  run: async ({ method, code, assertion, trustDevice: trusts }, { challengeToken, requester }) => {
    const typed = assertion ? { method: "passkey" as const, code: JSON.stringify(assertion) } : { method, code };
    if (typed.code === undefined) return fail({ code: "invalid_input", fields: { code: "required" } });
    const done = await verifyChallenge(challengeToken, { method: typed.method, code: typed.code }, requester);
    if (!done.ok) return done;
    const trusted = trusts ? await trustVerified(done.value, requester) : null;
    return answer(200, whereTo(done.value), [...afterVerifying(done.value), ...afterTrusting(trusted)]);
  },
});

const phones = operation({
  method: "POST",
  path: "/api/v1/phones",
  summary: "Give the challenge that waits for a number its number; with a session, add a phone or replace one.",
  policy: routePolicies.api,
  body: bodies.phones,
  answers: { 202: { says: "The challenge.", schema: toVerify } },
  refusals: [
    "number_not_accepted",
    "method_not_available",
    "challenge_missing",
    "challenge_expired",
    "unauthenticated",
    "step_up_required",
    "account_restricted",
    "recovery_codes_unconfirmed",
    "factor_required",
    "too_many_phones",
    "not_found",
    "too_many_attempts",
    "too_many_sends",
    "too_many_requests",
    "sending_stopped",
  ],
  run: async ({ replaces, ...input }, call) => {
    const { challengeToken, requester } = call;
    const person = await signedInPerson(call);
    if (person.ok) {
      const opened = await addPhone(person.value, { ...input, replaces }, requester);
      return opened.ok ? answer(202, toChallenge(opened.value.view), afterOpening(opened.value, false)) : opened;
    }
    // A session that still owes a step opens no challenge either.
    if (person.error.code !== "unauthenticated") return person;
    const bound = await bindPhone(challengeToken, input, requester);
    return bound.ok ? answer(202, toChallenge(bound.value)) : bound;
  },
});

export const challenges = [startSignUp, startSignIn, show, send, verify, phones];
