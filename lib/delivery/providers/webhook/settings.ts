import { z } from "zod";

/** What an operator enters for an account of this kind. */

export const webhookSettings = z.object({
  /** True if the gateway answers status queries at its address with `/check` appended. */
  check: z.boolean().default(false),
  /** True if it answers look-ups at its address with `/lookup` appended. */
  lookup: z.boolean().default(false),
});

export const webhookSecrets = z.object({
  /** Signs both directions; visible ASCII, because languages differ in the bytes of other characters. */
  secret: z.string().regex(/^[\x21-\x7e]{32,512}$/),
});
