import { cache } from "react";
import type { TrustedSignIn } from "#lib/accounts/trusted-sign-in";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import type { ReadChallenge } from "#lib/challenges/read";
import { afterChange, afterOpening, afterTrustedSignIn, afterTrusting, afterVerifying } from "#lib/http/bearer";
import type { Verified } from "#lib/purposes/challenges";
import { readChallenge } from "#lib/purposes/challenges";
import type { Changed } from "#lib/sessions/guarded-change";
import type { TrustedDevice } from "#lib/sessions/trusted-device";
import { challengeCookie, readCookie, sessionCookie, setCookies } from "#lib/web/cookies";

/** Returns the token of this browser's challenge, or "", which matches none. */
export const challengeToken = async (): Promise<string> => (await readCookie(challengeCookie())) ?? "";

/** Returns this browser's challenge with its state; null if there is none or it was consumed. Read once per request. */
export const currentChallenge = cache(async (): Promise<ReadChallenge | null> => readChallenge(await challengeToken()));

/** Sets the cookie of a new sign-in or sign-up, whose opening has ended the browser's session. */
export async function keepChallenge(opened: OpenedChallenge): Promise<void> {
  await setCookies(afterOpening(opened, (await readCookie(sessionCookie())) !== undefined));
}

/** Sets the cookie of a challenge that a signed-in person is asked, or that ends no session of this browser. */
export const keepBesideSession = (opened: OpenedChallenge): Promise<void> => setCookies(afterOpening(opened, false));

/** Rotates the cookies after a verified challenge. */
export const keepVerified = (verified: Verified): Promise<void> => setCookies(afterVerifying(verified));

/** Sets the cookie of the session after a change of what proves its account. */
export const keepChanged = (changed: Changed<unknown>): Promise<void> => setCookies(afterChange(changed));

/** Sets the cookie of a browser that was just trusted. */
export const keepTrusted = (trusted: TrustedDevice | null): Promise<void> => setCookies(afterTrusting(trusted));

/** Sets the cookies of a sign-in on a trusted device. */
export const keepTrustedSignIn = (entered: TrustedSignIn): Promise<void> => setCookies(afterTrustedSignIn(entered));
