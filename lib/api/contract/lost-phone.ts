import { statusByCode } from "#lib/accounts/case-status";
import { beginLostPhone } from "#lib/accounts/lost-phone";
import { bodies } from "#lib/api/contract/bodies";
import { caseRequest, toVerify } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import { afterOpening } from "#lib/http/bearer";
import { routePolicies } from "#lib/http/policy";
import { viewOfCase } from "#lib/recovery/case";

/** The calls of a person who cannot use the phone. */

const begin = operation({
  method: "POST",
  path: "/api/v1/lost-phone",
  summary: "Request the recovery of an account whose phone cannot be used, at an open sign-in; a mailed code makes the request stand.",
  policy: routePolicies.api,
  body: bodies.lostPhone,
  answers: { 202: { says: "The challenge of the mailed code.", schema: toVerify } },
  refusals: ["challenge_missing", "challenge_expired", "too_many_attempts", "case_open", "sending_stopped"],
  run: async (input, { challengeToken }) => {
    const opened = await beginLostPhone(challengeToken, input);
    return opened.ok ? answer(202, { next: "verify" as const, challenge: opened.value.view }, afterOpening(opened.value, false)) : opened;
  },
});

const status = operation({
  method: "POST",
  path: "/api/v1/lost-phone/status",
  summary: "The status of a request, by the reference and the status code of its mail; the code can be used again for a week.",
  policy: routePolicies.api,
  body: bodies.caseStatus,
  answers: { 200: { says: "The request.", schema: caseRequest } },
  refusals: ["code_wrong", "too_many_requests"],
  run: async (input, { requester }) => {
    const found = await statusByCode(input, requester);
    return found.ok ? answer(200, viewOfCase(found.value)) : found;
  },
});

export const lostPhoneCalls = [begin, status];
