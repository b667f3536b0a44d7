import { env } from "#lib/env";

/** What the pages may know of the configuration. */
export const site = (brand: string) => ({
  demo: env().demo,
  /** The operator's own name, or ours in the language of the page. */
  name: env().SERVICE_NAME === "関所" ? brand : env().SERVICE_NAME,
  senderNumber: env().SENDER_NUMBER,
});
