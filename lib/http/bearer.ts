import type { TrustedSignIn } from "#lib/accounts/trusted-sign-in";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { env } from "#lib/env";
import type { Verified } from "#lib/purposes/challenges";
import type { Changed } from "#lib/sessions/guarded-change";
import type { TrustedDevice } from "#lib/sessions/trusted-device";

/** The bearer cookies: names, attributes, and their changes at each step; pages set them through Next, API calls by a header. */

/** `__Host-` binds a cookie to this host over TLS (RFC 6265bis 4.1.3.2); plain http on localhost cannot have it. */
export const cookieName = (plain: string): string =>
  env().publicOrigin.startsWith("https:") ? `__Host-sekisho.${plain}` : `sekisho.${plain}`;

/** The name of the session cookie, also for next-auth. */
export const sessionCookie = () => cookieName("session");
/** The name of the cookie of an open challenge: the only credential between the steps. */
export const challengeCookie = () => cookieName("challenge");

/** The name of the cookie of a known device, which is no credential. */
export const deviceCookie = () => cookieName("device");

/** The name of the cookie of a sign-in with a passkey alone, sealed: it holds what the answer must sign. */
export const passkeyCookie = () => cookieName("passkey");

/** The name of the cookie of a lost-phone request whose status was asked for, sealed; it opens nothing else. */
export const caseCookie = () => cookieName("case");

/** The name of the cookie of a trusted device, which skips the second factor at sign-in. */
export const trustedCookie = () => cookieName("trusted");

/** The name of the cookie that a session has at another host. */
export const siteCookie = () => cookieName("site");

/** The name of the cookie by which a browser that began at another host is known when it comes back; it opens nothing. */
export const siteBeginningCookie = () => cookieName("begun");

/** The name of the probe: a cookie without information, which a browser returns if it stores cookies. */
const probeCookie = () => (attributes().secure ? "__Host-probe" : "probe");

/** A cookie to set, or to remove if the value is empty. */
export type CookieChange = { name: string; value: string; expires: Date };

/** Sets a cookie until a time on the product's clock; the server checks expiry in its own rows. */
export function keep(cookie: string, value: string, until: Date): CookieChange {
  // The demo clock may be far behind the browser's, which would then drop the cookie at once: it gets at least a day.
  const floor = env().demo ? new Date(Date.now() + 86_400_000) : until;
  return { name: cookie, value, expires: until < floor ? floor : until };
}

export const drop = (cookie: string): CookieChange => ({ name: cookie, value: "", expires: new Date(0) });

/**
 * The cookies after a challenge was opened. `endedSession`: the opening ended the browser's session, whose cookie is removed (SE-02); false for a
 * purpose that keeps a signed-in user signed in.
 */
export const afterOpening = (opened: OpenedChallenge, endedSession: boolean): CookieChange[] => [
  keep(challengeCookie(), opened.token, opened.expiresAt),
  ...(endedSession ? [drop(sessionCookie())] : []),
];

/** The rotation after a verified challenge (a request that stands keeps its challenge, which shows its status): the next challenge's cookie, or the session's and the device's with the challenge's gone (OTP-15). */
export const afterVerifying = (verified: Verified): CookieChange[] =>
  verified.next === "lost_phone"
    ? [drop(caseCookie())]
    : "challengeToken" in verified
      ? [keep(challengeCookie(), verified.challengeToken, verified.expiresAt)]
      : [
          keep(sessionCookie(), verified.sessionToken, verified.expiresAt),
          ...(verified.device ? [keep(deviceCookie(), verified.device.token, verified.device.expiresAt)] : []),
          drop(challengeCookie()),
        ];

/** The cookie of a session that goes on under a new token after a change of what proves its account (SE-03). */
export const afterChange = ({ opened }: Changed<unknown>): CookieChange[] => [keep(sessionCookie(), opened.token, opened.expiresAt)];

/** The cookie of a browser that was just trusted, or none. */
export const afterTrusting = (trusted: TrustedDevice | null): CookieChange[] =>
  trusted ? [keep(trustedCookie(), trusted.token, trusted.expiresAt)] : [];

/** The cookies after a sign-in on a trusted device: its session, and the next token of the device. */
export const afterTrustedSignIn = ({ sessionToken, expiresAt, device, trusted }: TrustedSignIn): CookieChange[] => [
  keep(sessionCookie(), sessionToken, expiresAt),
  keep(deviceCookie(), device.token, device.expiresAt),
  ...afterTrusting(trusted),
  drop(challengeCookie()),
];

/** The attributes of every bearer cookie (SE-04). */
export const attributes = () => ({ httpOnly: true, secure: env().publicOrigin.startsWith("https:"), sameSite: "lax" as const, path: "/" });

/** Formats a `Set-Cookie` line (RFC 6265 4.1.1); the values are base64url and need no quoting. */
export function setCookieLine({ name, value, expires }: CookieChange): string {
  const secure = attributes().secure ? "; Secure" : "";
  return `${name}=${value}; Path=/; Expires=${expires.toUTCString()}; HttpOnly${secure}; SameSite=Lax`;
}

/** The `Set-Cookie` line of the probe, which expires when the browser closes. */
export const probeLine = (): string => `${probeCookie()}=1; Path=/; HttpOnly${attributes().secure ? "; Secure" : ""}; SameSite=Lax`;

/**
 * Returns the value of a cookie in a `Cookie` header, or undefined; of duplicates the last counts, as in Next. Names are not trimmed: with a space
 * before `__Host-` a browser sees no prefix, so a neighbouring domain may set it (RFC 6265bis 4.1.3).
 */
export function cookieIn(header: string | undefined, wanted: string): string | undefined {
  const prefix = `${wanted}=`;
  return header
    ?.split(/; */)
    .findLast((pair) => pair.startsWith(prefix))
    ?.slice(prefix.length);
}
