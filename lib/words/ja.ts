import { demo } from "./ja/demo.ts";
import { deliveryReasons, errors, numberReasons } from "./ja/errors.ts";
import { delivery, journey, phone, recovery, signIn, signUp, verify } from "./ja/journey.ts";
import { account, common, crash, events, landing, notFound } from "./ja/site.ts";

/** The Japanese words: the default, and the shape every other language must have. */
export const ja = {
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
};

export type Words = typeof ja;
