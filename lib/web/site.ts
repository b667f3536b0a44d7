import { serviceNameIn } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import type { Contact } from "#lib/env/contact";

export type { Contact };

/** The configuration that pages may show. */
export const site = (brand: string) => ({
  demo: env().demo,
  /** The operator's service name, or the product's in the language of the page. */
  name: serviceNameIn(env().SERVICE_NAME, brand),
  host: new URL(env().publicOrigin).host,
  senderNumber: env().senderNumber,
  contact: env().contact,
  terms: env().TERMS_URL ?? null,
  privacy: env().PRIVACY_URL ?? null,
});
