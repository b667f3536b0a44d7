import { z } from "zod";

/** What the policy demands of whom, and from when. */

/** A day of the calendar in Japan, on which a rule begins. */
export const day = z.iso.date();
export const graceDays = z.int().min(0).max(3650).default(0);

/** The name of a label on accounts: letters, digits, dots, hyphens and underscores in any script. */
export const groupName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]{0,63}$/u)
  .refine((name) => name === name.normalize("NFC"));

const who = z.union([
  z.literal("everybody"),
  z.strictObject({ role: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/) }),
  z.strictObject({ group: groupName }),
]);

/** Which second factor a rule asks for: any, one that is not the telephone, or one that withstands phishing. */
export const demands = ["any", "not_pstn", "passkey"] as const;
export type Demand = (typeof demands)[number];

export const rule = z.strictObject({ who, factor: z.enum(demands), from: day, graceDays });

/** A requirement: announced at once, counted from the day `from` on, and enforced after its days of grace. */
export type Rule = z.output<typeof rule>;
