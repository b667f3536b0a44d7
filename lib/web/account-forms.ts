import { z } from "zod";

/** The schemas of account forms with more than one field: their actions judge by them, and their pages while a person types. */
export const accountForms = {
  addPhone: z.object({
    number: z.string().max(128),
    channel: z.enum(["sms", "voice"]),
    acceptRisk: z.literal("on").optional(),
    replaces: z.uuid().optional(),
  }),
  changePhone: z.object({
    id: z.uuid(),
    name: z.string().max(40).optional(),
    channel: z.enum(["sms", "voice"]).optional(),
    preferred: z.literal("on").optional(),
  }),
} as const;

/** The name of one of these forms. */
export type AccountForm = keyof typeof accountForms;
