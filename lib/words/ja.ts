import { demo } from "./ja/demo.ts";
import { drawn } from "./ja/drawn.ts";
import { deliveryReasons, errors, numberReasons, reasonsOfCall, reasonsWithCall } from "./ja/errors.ts";
import { help } from "./ja/help.ts";
import { journey, phone, recovery, signIn, signUp } from "./ja/journey.ts";
import { noticeCodes, own, reset, stepUp } from "./ja/own.ts";
import { parts } from "./ja/parts.ts";
import { confirming, sample, trusted } from "./ja/sample.ts";
import { account, common, crash, eventMethods, events, landing, notFound } from "./ja/site.ts";
import { stops } from "./ja/stops.ts";
import { delivery, ended, verify } from "./ja/verify.ts";

/** The Japanese words; they are the default and define the keys of every language. */
export const ja = {
  common,
  landing,
  signUp,
  journey,
  signIn,
  verify,
  ended,
  delivery,
  stops,
  help,
  phone,
  recovery,
  reset,
  stepUp,
  own,
  noticeCodes,
  confirming,
  sample,
  trusted,
  account,
  events,
  eventMethods,
  demo,
  parts,
  drawn,
  notFound,
  crash,
  errors,
  numberReasons,
  deliveryReasons,
  reasonsWithCall,
  reasonsOfCall,
};

export type Words = typeof ja;
