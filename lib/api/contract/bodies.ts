import { z } from "zod";
import { methods } from "#lib/methods";

export const locale = z.enum(["ja", "en"]);

/** The bodies of the JSON API with bounded strings. Calls, forms and the OpenAPI document share these strict schemas. */
export const bodies = {
  signUp: z.object({ email: z.string().max(512), password: z.string().max(4096), locale: locale.default("ja") }),
  signIn: z.object({ identifier: z.string().max(512), password: z.string().max(4096) }),
  send: z.object({ method: z.enum(["sms", "voice", "email"]), phoneId: z.uuid().optional() }),
  verify: z.object({ method: z.enum(methods).optional(), code: z.string().max(1000) }),
  phones: z.object({ number: z.string().max(128), channel: z.enum(["sms", "voice"]), acceptRisk: z.boolean() }),
  nothing: z.object({}),
  confirm: z.object({ code: z.string().max(128) }),
} as const;
