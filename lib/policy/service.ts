import { env } from "#lib/env";
import { type Contact, readContact } from "#lib/env/contact";
import { nearestReadable, type Theme } from "#lib/policy/accent";
import { settingsNow } from "#lib/policy/read";
import type { Settings } from "#lib/policy/settings";

/** Whose service this is, as pages, mails and texts name it: what the form says wins over the environment, field by field. */

/** A document that people read or agree to; without a version no agreement is asked for. */
export type ServiceDocument = { url: string; version: string | null };

export type ServiceShown = {
  /** The configured name; pages and texts in English name the product's own brand in English (`serviceNameIn`). */
  name: string;
  contact: Contact | null;
  terms: ServiceDocument | null;
  privacy: ServiceDocument | null;
  /** The announced sender of texts where a provider account has none. */
  senderNumber: string | null;
  /** The colour of links and focus by theme; null for the product's. */
  accent: Record<Theme, string> | null;
  /** The digest of the logo in hexadecimal. */
  logo: string | null;
};

type Set = Settings["service"];

const documentOf = (url: string | undefined, version: string | undefined): ServiceDocument | null =>
  url ? { url, version: version ?? null } : null;

/** What the environment alone says. */
export function serviceOfEnvironment(): ServiceShown {
  const { SERVICE_NAME, contact, TERMS_URL, TERMS_VERSION, PRIVACY_URL, PRIVACY_VERSION, senderNumber } = env();
  return {
    ...{ name: SERVICE_NAME, contact, senderNumber, accent: null, logo: null },
    terms: documentOf(TERMS_URL, TERMS_VERSION),
    privacy: documentOf(PRIVACY_URL, PRIVACY_VERSION),
  };
}

/** Pure: what a setting says over what the environment says. */
export function shownAs(set: Set, environment: ServiceShown): ServiceShown {
  const { day, night } = set.accent;
  const first = day ?? night;
  return {
    name: set.name ?? environment.name,
    contact: set.contact === null ? environment.contact : readContact(set.contact),
    terms: set.terms ?? environment.terms,
    privacy: set.privacy ?? environment.privacy,
    senderNumber: set.senderNumber ?? environment.senderNumber,
    accent: first === null ? null : { day: day ?? nearestReadable(first, "day"), night: night ?? nearestReadable(first, "night") },
    logo: set.logo,
  };
}

/** Whose service this is, as the settings were read last. */
export const serviceNow = (): ServiceShown => shownAs(settingsNow().service, serviceOfEnvironment());
