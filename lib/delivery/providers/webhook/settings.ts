import { z } from "zod";

/** What an operator enters for an account of this kind. */

export const settings = z.object({
  /** Whether the gateway answers questions about attempts, at its address with `/check` behind. */
  check: z.boolean().default(false),
  /** Whether it answers questions about numbers, at its address with `/lookup` behind. */
  lookup: z.boolean().default(false),
});

export const secrets = z.object({
  /** Signs both directions; visible ASCII, so that every language means the same bytes by it. */
  secret: z.string().regex(/^[\x21-\x7e]{32,512}$/),
});
