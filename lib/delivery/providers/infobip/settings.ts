import { z } from "zod";

/** What an operator enters for an account of this kind; the base URL is the account's own host. */

export const infobipSettings = z.object({});

export const infobipSecrets = z.object({
  apiKey: z.string().regex(/^[\x21-\x7e]{1,512}$/),
});
