import { z } from "zod";
import { assertion, attestation } from "#lib/authenticators/passkeys/response";
import { AMOUNT, payeeField } from "#lib/env/fields";
import { methods } from "#lib/methods";
import { caseReasons } from "#lib/recovery/case";
import { stepUpActions } from "#lib/sessions/step-up";

export const locale = z.enum(["ja", "en"]);

/** The bodies of the JSON API with bounded strings. Calls, forms and the OpenAPI document share these strict schemas. */
export const bodies = {
  signUp: z.object({ email: z.string().max(512), password: z.string().max(4096), locale: locale.default("ja") }),
  signIn: z.object({ identifier: z.string().max(512), password: z.string().max(4096) }),
  send: z.object({ method: z.enum(["sms", "voice", "email", "recovery_mail"]), phoneId: z.uuid().optional() }),
  verify: z.object({
    method: z.enum(methods).optional(),
    code: z.string().max(1000).optional(),
    assertion: assertion.optional(),
    trustDevice: z.boolean().optional(),
  }),
  assertion: z.object({ assertion }),
  passkey: z.object({ attestation, name: z.string().max(40).optional() }),
  unaskedPasskey: z.object({ attestation }),
  passkeyName: z.object({ name: z.string().max(40) }),
  phones: z.object({
    number: z.string().max(128),
    channel: z.enum(["sms", "voice"]),
    acceptRisk: z.boolean(),
    replaces: z.uuid().optional(),
  }),
  phone: z.object({ name: z.string().max(40).optional(), default: z.boolean().optional(), channel: z.enum(["sms", "voice"]).optional() }),
  confirmation: z.object({
    act: z.string().min(1).max(32),
    unit: z.string().min(1).max(16),
    amount: z.string().max(15).regex(AMOUNT),
    payee: payeeField,
    reference: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
  }),
  verification: z.object({
    to: z.string().max(128),
    channel: z.enum(["sms", "voice"]),
    locale: locale.default("ja"),
    clientIp: z.string().max(64).optional(),
    act: z.string().min(1).max(32).optional(),
    unit: z.string().min(1).max(16).optional(),
    amount: z.string().max(15).regex(AMOUNT).optional(),
    payee: payeeField.optional(),
    reference: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,40}$/)
      .optional(),
  }),
  verificationSend: z.object({ channel: z.enum(["sms", "voice"]) }),
  verificationCheck: z.object({ code: z.string().max(128) }),
  stepUp: z.object({ action: z.enum(stepUpActions) }),
  reset: z.object({ identifier: z.string().max(512) }),
  password: z.object({ password: z.string().max(4096) }),
  email: z.object({ email: z.string().max(512) }),
  lostPhone: z.object({ reason: z.enum(caseReasons), note: z.string().max(500).optional() }),
  caseStatus: z.object({ reference: z.string().max(64), statusCode: z.string().max(128) }),
  stop: z.object({ reference: z.string().max(64), stopCode: z.string().max(128) }),
  undo: z.object({ reference: z.string().max(64), undoCode: z.string().max(128), password: z.string().max(4096) }),
  nothing: z.object({}),
  confirm: z.object({ code: z.string().max(128) }),
} as const;
