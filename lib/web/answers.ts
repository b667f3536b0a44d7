import type { OpenedChallenge } from "#lib/challenges/open";
import { readChallenge } from "#lib/challenges/read";
import type { Verified } from "#lib/challenges/verify";
import type { Refused } from "#lib/errors";
import type { Result } from "#lib/result";
import type { SessionView } from "#lib/sessions/session";
import { json, problem } from "#lib/web/api";
import { keepChallenge, keepVerified } from "#lib/web/challenge";

/** A session as the API shows it. */
export const sessionJson = ({ user, aal, amr, authenticatedAt, expiresAt }: SessionView) => ({
  user,
  aal,
  amr,
  authenticatedAt,
  expiresAt,
});

/** `{next: "verify", challenge}` with the challenge's cookie, or the refusal. */
export async function opened(result: Result<OpenedChallenge, Refused>, status: number): Promise<Response> {
  if (!result.ok) return problem(result.error);
  await keepChallenge(result.value);
  const read = await readChallenge(result.value.token);
  return json({ next: "verify", challenge: read?.view ?? null }, status);
}

/** Where a verified challenge leads, with the rotated cookies, or the refusal. */
export async function verified(result: Result<Verified, Refused>): Promise<Response> {
  if (!result.ok) return problem(result.error);
  await keepVerified(result.value);
  const { value } = result;
  return value.next === "bind_phone"
    ? json({ next: value.next, challenge: value.challenge })
    : json({ next: value.next, session: sessionJson(value.session) });
}
