import { brands, type Locale, type Service, serviceNameIn } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";

/** Returns what texts, calls and mails of one language may name. */
export const serviceOf = (locale: Locale): Service => ({
  name: serviceNameIn(env().SERVICE_NAME, brands[locale]),
  publicOrigin: env().publicOrigin,
  contact: env().contact,
  minutes: Math.floor(env().OTP_TTL_SECONDS / 60),
});
