import { brands, type Locale, type Service, serviceNameIn } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import { serviceNow } from "#lib/policy/service";

/** The name of the service in a language. */
export const serviceName = (locale: Locale): string => serviceNameIn(serviceNow().name, brands[locale]);

/** Returns what texts, calls and mails of one language may name. */
export const serviceOf = (locale: Locale): Service => ({
  name: serviceName(locale),
  publicOrigin: env().publicOrigin,
  contact: serviceNow().contact,
  minutes: Math.floor(env().OTP_TTL_SECONDS / 60),
});
