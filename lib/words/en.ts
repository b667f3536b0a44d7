import { demo } from "./en/demo.ts";
import { deliveryReasons, errors, numberReasons } from "./en/errors.ts";
import { delivery, journey, phone, recovery, signIn, signUp, verify } from "./en/journey.ts";
import { account, common, crash, events, landing, notFound } from "./en/site.ts";
import type { Words } from "./ja.ts";

/** The English words; a missing or an extra key fails the build. */
export const en = {
  common,
  landing,
  signUp,
  journey,
  signIn,
  verify,
  delivery,
  phone,
  recovery,
  account,
  events,
  demo,
  notFound,
  crash,
  errors,
  numberReasons,
  deliveryReasons,
} satisfies Words;
