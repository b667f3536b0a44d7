import { json, problem } from "#lib/api/call";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import type { Refused } from "#lib/errors";
import { afterOpening, afterVerifying } from "#lib/http/bearer";
import type { Call, Reply } from "#lib/http/called";
import type { Verified } from "#lib/purposes/challenges";
import type { Result } from "#lib/result";
import type { SessionView } from "#lib/sessions/session";

/** A session in the API; `next` is the step that must be completed before the session opens anything (contract). */
export const sessionJson = ({ user, aal, amr, authenticatedAt, expiresAt, nextStep }: SessionView) => ({
  user,
  aal,
  amr,
  authenticatedAt,
  expiresAt,
  ...(nextStep ? { next: nextStep } : {}),
});

/** `{next: "verify", challenge}` with the challenge's cookie, or the refusal. */
export function opened(result: Result<OpenedChallenge, Refused>, status: number, { from }: Call): Reply {
  if (!result.ok) return problem(result.error);
  return json({ next: "verify", challenge: result.value.view }, status, afterOpening(result.value, from.sessionToken !== undefined));
}

/** Where a verified challenge leads, with the rotated cookies, or the refusal. */
export function verified(result: Result<Verified, Refused>): Reply {
  if (!result.ok) return problem(result.error);
  const { value } = result;
  const body =
    value.next === "bind_phone"
      ? { next: value.next, challenge: value.challenge }
      : { next: value.next, session: sessionJson(value.session) };
  return json(body, 200, afterVerifying(value));
}
