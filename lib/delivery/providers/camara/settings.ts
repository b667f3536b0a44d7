import { z } from "zod";
import type { ProviderAccount } from "#lib/delivery/provider";

/** What an operator enters for an account of this kind. Pure. */

/** Where an API is, behind the base URL, as the operator's contract names it: sim-swap/v2. */
const path = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]*(?:\/[a-z0-9][a-z0-9.-]*)*$/)
  .max(128)
  .optional();

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Returns true if credentials may be sent to an address: https, or http on loopback. */
function isPrivate(value: string): boolean {
  const url = URL.parse(value);
  if (!url || url.username || url.password || url.hash) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
}

export const camaraSettings = z
  .object({
    tokenUrl: z.string().max(512).refine(isPrivate),
    clientId: z.string().regex(/^[\x21-\x7e]{1,256}$/),
    simSwap: path,
    numberRecycling: path,
    callForwarding: path,
  })
  .refine(({ simSwap, numberRecycling, callForwarding }) => simSwap ?? numberRecycling ?? callForwarding, { path: ["simSwap"] });

export const camaraSecrets = z.object({ clientSecret: z.string().regex(/^[\x21-\x7e]{1,512}$/) });

export type Camara = z.infer<typeof camaraSettings> & z.infer<typeof camaraSecrets> & { baseUrl: string };

/** Returns the account for the adapter; throws for settings that validation would refuse. */
export function camaraOf({ baseUrl, settings, secrets }: ProviderAccount): Camara {
  if (!baseUrl) throw new Error("a CAMARA account without a base URL");
  return { ...camaraSettings.parse(settings), ...camaraSecrets.parse(secrets), baseUrl };
}
