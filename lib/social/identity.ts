import type { SocialProvider } from "#lib/social/providers";

/** Pure: what a verified ID token says of a person, as far as this product uses it. */

/** An account at a provider. Its name, picture and tokens are not kept. */
export type SocialIdentity = {
  provider: SocialProvider;
  /** The provider's name of the person (`sub`). */
  subject: string;
  /** Whether the provider has proven an address of the person. */
  addressProven: boolean;
  /** When the person signed in there, in seconds since 1970; null where the provider does not say. */
  authTime: number | null;
};

/** The clocks of a provider and of this machine may differ by this many seconds. */
export const CLOCK_SKEW = 10;

/**
 * The identity of the claims of a verified ID token, or null without a usable subject. Google says `email_verified`; LINE has no such claim and keeps an
 * address only once a mail to it was answered, so there the claim alone counts (decision 048).
 */
export function identityOf(provider: SocialProvider, claims: Readonly<Record<string, unknown>>): SocialIdentity | null {
  const { sub, email, email_verified: verified, auth_time: at } = claims;
  if (typeof sub !== "string" || sub.length === 0 || sub.length > 255) return null;
  const named = typeof email === "string" && email.includes("@");
  return {
    provider,
    subject: sub,
    addressProven: named && (verified === true || (provider === "line" && verified === undefined)),
    authTime: typeof at === "number" && Number.isSafeInteger(at) && at > 0 ? at : null,
  };
}

/** Whether the person signed in at the provider after a moment, in seconds since 1970, and did not rest on an older sign-in there. */
export const isFresh = ({ authTime }: Pick<SocialIdentity, "authTime">, since: number): boolean =>
  authTime !== null && authTime >= since - CLOCK_SKEW;
