import { z } from "zod";

/** What a browser's dialog answers with, as flat WebAuthn JSON with bounds; unknown members are dropped. */

const base64url = (max: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]*$/)
    .max(max);

/** Base64url of the longest credential id, 1023 bytes (WebAuthn level 3, 5.1). */
const ID = 1364;

/** The answer of a passkey that signs in. */
export const assertion = z
  .object({
    id: base64url(ID).min(1),
    rawId: base64url(ID).min(1),
    type: z.literal("public-key"),
    response: z.object({
      clientDataJSON: base64url(4096),
      authenticatorData: base64url(4096),
      signature: base64url(2048),
      userHandle: base64url(128).nullish(),
    }),
  })
  .meta({ id: "assertion" });

export type Assertion = z.output<typeof assertion>;

/** The answer of a passkey that is being made. */
export const attestation = z
  .object({
    id: base64url(ID).min(1),
    rawId: base64url(ID).min(1),
    type: z.literal("public-key"),
    response: z.object({
      clientDataJSON: base64url(4096),
      attestationObject: base64url(16384),
      transports: z.array(z.string().max(32)).max(16).optional(),
    }),
    clientExtensionResults: z.object({ credProps: z.object({ rk: z.boolean().optional() }).optional() }).optional(),
  })
  .meta({ id: "attestation" });

export type Attestation = z.output<typeof attestation>;

/** The longest text that is parsed as an assertion. */
const LONGEST = 16_384;

/** Parses a text as an assertion; null for anything else. */
export function parseAssertion(text: string): Assertion | null {
  if (text.length > LONGEST || !text.startsWith("{")) return null;
  try {
    return assertion.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
