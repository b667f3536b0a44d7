import { z } from "zod";
import { methods } from "#lib/challenges/challenge";

export const locale = z.enum(["ja", "en"]);

/** The bodies of the JSON API: strict, strings of bounded length. Calls, forms and the OpenAPI document read the same schemas. */
export const bodies = {
  signUp: z.strictObject({ email: z.string().max(512), password: z.string().max(4096), locale: locale.default("ja") }),
  signIn: z.strictObject({ identifier: z.string().max(512), password: z.string().max(4096) }),
  send: z.strictObject({ method: z.enum(["sms", "voice", "email"]), phoneId: z.uuid().optional() }),
  verify: z.strictObject({ method: z.enum(methods).optional(), code: z.string().max(1000) }),
  phones: z.strictObject({ number: z.string().max(128), channel: z.enum(["sms", "voice"]), acceptRisk: z.boolean() }),
  nothing: z.strictObject({}),
  confirm: z.strictObject({ code: z.string().max(128) }),
} as const;
