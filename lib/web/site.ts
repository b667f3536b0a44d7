import { serviceNameIn } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import type { Contact } from "#lib/env/contact";
import { serviceNow } from "#lib/policy/service";

export type { Contact };

/** The configuration that pages may show. */
export const site = (brand: string) => {
  const { name, contact, terms, privacy, ...shown } = serviceNow();
  return {
    ...shown,
    demo: env().demo,
    /** The operator's service name, or the product's in the language of the page. */
    name: serviceNameIn(name, brand),
    host: new URL(env().publicOrigin).host,
    contact,
    terms: terms?.url ?? null,
    privacy: privacy?.url ?? null,
  };
};
