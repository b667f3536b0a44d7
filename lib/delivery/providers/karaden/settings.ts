import { z } from "zod";

/** What an operator enters for an account of this kind. */

export const karadenSettings = z.object({
  tenantId: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/),
  /** The number of the サービス設定 (service setting) to send with. */
  serviceId: z.number().int().positive(),
});

export const karadenSecrets = z.object({
  token: z.string().regex(/^[\x21-\x7e]{1,512}$/),
});
