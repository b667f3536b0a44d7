import { stopAccount, undoChange } from "#lib/accounts/notice-codes";
import { beginReset, setNewPassword } from "#lib/accounts/reset-password";
import { bodies } from "#lib/api/contract/bodies";
import { toVerify } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import { afterOpening, challengeCookie, drop } from "#lib/http/bearer";
import { routePolicies } from "#lib/http/policy";

/** The calls that need no session: a forgotten password, and what the codes of notices stop or undo. */

const begin = operation({
  method: "POST",
  path: "/api/v1/password-reset",
  summary: "Begin a password reset; unknown identifiers get the same answer.",
  policy: routePolicies.api,
  body: bodies.reset,
  answers: { 202: { says: "The challenge of the mailed code.", schema: toVerify } },
  refusals: ["too_many_requests", "sending_stopped"],
  run: async ({ identifier }, { requester }) => {
    const opened = await beginReset({ identifier, locale: "ja" }, requester);
    return opened.ok ? answer(202, { next: "verify" as const, challenge: opened.value.view }, afterOpening(opened.value, false)) : opened;
  },
});

const set = operation({
  method: "POST",
  path: "/api/v1/password-reset/password",
  summary: "Set the new password of a proven reset; signs nobody in.",
  policy: routePolicies.api,
  body: bodies.password,
  answers: { 204: { says: "The password is set; every session of the account has ended." } },
  refusals: ["challenge_missing", "challenge_expired", "too_many_attempts"],
  run: async ({ password }, { challengeToken, requester }) => {
    const done = await setNewPassword(challengeToken, { password }, requester);
    return done.ok ? answer(204, undefined, [drop(challengeCookie())]) : done;
  },
});

const stop = operation({
  method: "POST",
  path: "/api/v1/stop",
  summary: "Stop an account by the code of a notice: a mail's cancels what is pending, a text's freezes.",
  policy: routePolicies.api,
  body: bodies.stop,
  answers: { 204: { says: "Stopped." } },
  refusals: ["code_wrong", "too_many_requests"],
  run: async ({ reference, stopCode }, { requester }) => {
    const stopped = await stopAccount({ reference, code: stopCode }, requester);
    return stopped.ok ? answer(204, undefined) : stopped;
  },
});

const undo = operation({
  method: "POST",
  path: "/api/v1/undo",
  summary: "Undo a change by the code of its mail and the password.",
  policy: routePolicies.api,
  body: bodies.undo,
  answers: { 204: { says: "Undone; every session of the account has ended." } },
  refusals: ["code_wrong", "credentials_wrong", "too_many_requests"],
  run: async ({ reference, undoCode, password }, { requester }) => {
    const undone = await undoChange({ reference, code: undoCode, password }, requester);
    return undone.ok ? answer(204, undefined) : undone;
  },
});

export const resets = [begin, set, stop, undo];
