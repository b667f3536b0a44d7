import { cache } from "react";
import type { ChallengeState, ChallengeView } from "#lib/challenges/challenge";
import type { OpenedChallenge } from "#lib/challenges/open";
import { readChallenge } from "#lib/challenges/read";
import type { Verified } from "#lib/challenges/verify";
import { challengeCookie, clearCookie, readCookie, sessionCookie, setCookie } from "#lib/web/cookies";

/** The token of this browser's challenge, or "" which matches none. */
export const challengeToken = async (): Promise<string> => (await readCookie(challengeCookie())) ?? "";

/** The challenge of this browser with its state, or null when there is none or it was consumed; read once per request. */
export const currentChallenge = cache(
  async (): Promise<{ view: ChallengeView; state: ChallengeState; returnTo: string | null } | null> =>
    readChallenge(await challengeToken()),
);

/** Gives the browser the cookie of a challenge that was just opened; an older session cookie of it is dead by now and goes (SE-02). */
export async function keepChallenge(opened: OpenedChallenge): Promise<void> {
  await setCookie(challengeCookie(), opened.token, opened.expiresAt);
  if (await readCookie(sessionCookie())) await clearCookie(sessionCookie());
}

/** Rotates the cookies after a verified challenge: the next challenge's, or the session's with the challenge's gone (OTP-15). */
export async function keepVerified(verified: Verified): Promise<void> {
  if (verified.next === "bind_phone") return setCookie(challengeCookie(), verified.challengeToken, verified.expiresAt);
  await setCookie(sessionCookie(), verified.sessionToken, verified.expiresAt);
  await clearCookie(challengeCookie());
}
