import { z } from "zod";
import { locale } from "#lib/api/contract/bodies";
import { DeliveryStatus, Purpose } from "#lib/db/generated/enums";
import { deliveryErrors } from "#lib/errors";
import { methods } from "#lib/methods";
import type { Verified } from "#lib/purposes/challenges";
import { caseStates } from "#lib/recovery/case";
import type { SessionView } from "#lib/sessions/session";

/** The schemas of answers; a schema with an id is a component of the OpenAPI document. */

const moment = z.iso.datetime();
const method = z.enum(methods);
const left = z.int().min(0).max(5);
const offers = z.array(z.object({ method, phoneId: z.uuid().optional(), hint: z.string().optional() }));

export const delivery = z.object({
  method,
  phoneId: z.uuid().optional(),
  hint: z.string(),
  status: z.enum(DeliveryStatus),
  reason: z.enum(deliveryErrors).optional(),
  sender: z.string().optional().describe("The number a text or call comes from."),
  at: moment,
  until: moment.optional().describe("When it can be sent; present where it was held back."),
});

/** The view of a challenge (lib/challenges). */
export const challenge = z
  .object({
    purpose: z.enum(Purpose),
    methods: offers,
    stopped: offers.optional().describe("Ways that the operator has stopped; absent where there are none."),
    delivery: delivery.nullable(),
    codeLength: z.int().min(6).max(10),
    attemptsLeft: left,
    sendsLeft: left,
    resendAt: z.object({ sms: moment.optional(), voice: moment.optional(), email: moment.optional() }),
    expiresAt: moment,
    serverTime: moment,
    step: z.int().min(1).max(3).optional().describe("The step of a purpose that has several."),
    action: z
      .union([z.object({ act: z.string(), amount: z.string(), unit: z.string(), payee: z.string() }), z.object({ act: z.string() })])
      .optional()
      .describe("What it is asked for: a class of acts, or an act with its values."),
  })
  .meta({ id: "challenge" });

/** A session; `next` is the step that must be completed before the session opens anything. */
export const session = z
  .object({
    user: z.object({ id: z.uuid(), email: z.string(), locale, roles: z.array(z.string()) }),
    aal: z.union([z.literal(1), z.literal(2)]),
    amr: z.array(z.string()),
    authenticatedAt: moment,
    expiresAt: moment,
    restrictedUntil: moment
      .nullable()
      .optional()
      .describe("Guarded acts are refused until then; null while staff decide, absent otherwise."),
    next: z
      .enum(["save_recovery_codes", "enrol_factor"])
      .optional()
      .describe("What the session owes before it opens anything else: saving the recovery codes, or a factor that the operator requires."),
  })
  .meta({ id: "session" });

/** Converts a session to the API's schema. */
export function sessionJson({ user, aal, amr, authenticatedAt, expiresAt, restriction, nextStep }: SessionView): z.output<typeof session> {
  const shown = { ...user, locale: user.locale === "en" ? ("en" as const) : ("ja" as const) };
  const restricted = restriction ? { restrictedUntil: restriction.until } : {};
  return { user: shown, aal, amr, authenticatedAt, expiresAt, ...restricted, ...(nextStep ? { next: nextStep } : {}) };
}

/** The answer of every step that opens or changes a challenge. */
export const toVerify = z.object({ next: z.literal("verify"), challenge });

/** The answer to a right password. */
export const entered = z.union([toVerify, z.object({ next: z.literal("done"), session })]);

/** A lost-phone case as its person sees it. */
export const caseRequest = z.object({
  reference: z.string(),
  state: z.enum(caseStates),
  requestedAt: moment,
  readyAt: moment.optional().describe("When the wait is over."),
});

/** The answer to a verified challenge. */
export const verified = z.union([
  z.object({ next: z.enum(["bind_phone", "verify", "set_password"]), challenge }),
  z.object({ next: z.literal("lost_phone"), request: caseRequest }),
  z.object({ next: z.literal("stepped_up"), until: moment }),
  z.object({ next: z.literal("confirmed"), confirmation: z.uuid().describe("The id of the confirmation, to use once.") }),
  z.object({ next: z.enum(["save_recovery_codes", "enrol_factor", "done"]), session }),
]);

/** The answer to what completes a sign-up or a sign-in. */
export const completed = z.object({ next: z.enum(["save_recovery_codes", "enrol_factor", "done"]), session });

/** Converts what completed a sign-up. */
export function completedJson(verified: Verified): z.output<typeof completed> {
  if ("challengeToken" in verified || verified.next === "stepped_up" || verified.next === "confirmed" || verified.next === "lost_phone")
    throw new Error("a sign-up ends with a session");
  return { next: verified.next, session: sessionJson(verified.session) };
}
