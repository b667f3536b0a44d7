import { env } from "#lib/env";

/** The providers whose accounts may replace the password of a sign-in. */
export const socialProviders = ["line", "google"] as const;

/** The name of a provider, in routes and rows. */
export type SocialProvider = (typeof socialProviders)[number];

/** Whether a text is the name of a provider. */
export const isSocialProvider = (text: unknown): text is SocialProvider => (socialProviders as readonly unknown[]).includes(text);

/** How a provider is reached: its issuer and what it calls this site. */
export type SocialSettings = { provider: SocialProvider; issuer: string; clientId: string; clientSecret: string };

/** The settings of a provider, or null where the operator has not set it up. */
export function socialSettings(provider: SocialProvider): SocialSettings | null {
  const all = env();
  const [clientId, clientSecret, issuer] =
    provider === "line"
      ? [all.LINE_CLIENT_ID, all.LINE_CLIENT_SECRET, all.LINE_ISSUER]
      : [all.GOOGLE_CLIENT_ID, all.GOOGLE_CLIENT_SECRET, all.GOOGLE_ISSUER];
  return clientId && clientSecret ? { provider, issuer, clientId, clientSecret } : null;
}

/** The providers that the operator has set up. */
export const openProviders = (): SocialProvider[] => socialProviders.filter((provider) => socialSettings(provider) !== null);
