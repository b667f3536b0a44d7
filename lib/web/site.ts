import { serviceName } from "#lib/delivery/texts";
import { env } from "#lib/env";
import type { Contact } from "#lib/env/contact";

export type { Contact };

/** What the pages may know of the configuration. */
export const site = (brand: string) => ({
  demo: env().demo,
  /** The operator's own name, or ours in the language of the page. */
  name: serviceName(env().SERVICE_NAME, brand),
  /** Where the service lives, as a person types it. */
  host: new URL(env().origin).host,
  senderNumber: env().senderNumber,
  contact: env().contact,
  terms: env().TERMS_URL ?? null,
  privacy: env().PRIVACY_URL ?? null,
});
