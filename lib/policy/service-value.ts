import { z } from "zod";
import { readContact } from "#lib/env/contact";
import { documentVersion, senderField, serviceNameField, webAddress } from "#lib/env/fields";
import { COLOUR, canBeRead, type Theme } from "#lib/policy/accent";

const readable = (theme: Theme) =>
  z
    .string()
    .regex(COLOUR)
    .refine((colour) => canBeRead(colour, theme))
    .nullable();

/** A document with its address; without a version no agreement is asked for. */
const document = z.strictObject({ url: webAddress, version: documentVersion.nullable() }).nullable();

/** Whose service it is; what is null is as the environment says. */
export const service = z.strictObject({
  name: serviceNameField.nullable(),
  contact: z
    .string()
    .max(300)
    .refine((text) => readContact(text) !== null)
    .nullable(),
  terms: document,
  privacy: document,
  senderNumber: senderField.nullable(),
  accent: z.strictObject({ day: readable("day"), night: readable("night") }),
  logo: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
