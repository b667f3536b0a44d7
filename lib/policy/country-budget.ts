import { z } from "zod";

/** What a guard or a budget does once it finds something. */
export const guardModes = ["deny", "monitor"] as const;

/** A number of sends, or of yen, that a budget allows; null where there is none. */
const sendsOf = z.int().min(0).max(1_000_000_000).nullable().default(null);
const yenOf = z.int().min(1).max(999_999_999).nullable().default(null);

/** The budgets of one country: sends of 24 hours and of any 31 days, yen of a day and of a month in Japan. `monitor` alerts and stops nothing. */
const countryBudget = z
  .strictObject({
    country: z.string().regex(/^[A-Z]{2}$/),
    mode: z.enum(guardModes).default("deny"),
    sendsPerDay: sendsOf,
    sendsPerMonth: sendsOf,
    yenPerDay: yenOf,
    yenPerMonth: yenOf,
  })
  .refine(
    ({ sendsPerDay, sendsPerMonth, yenPerDay, yenPerMonth }) =>
      [sendsPerDay, sendsPerMonth, yenPerDay, yenPerMonth].some((one) => one !== null),
    {
      path: ["sendsPerDay"],
    },
  );

export type CountryBudget = z.output<typeof countryBudget>;

export const countryBudgets = z
  .array(countryBudget)
  .max(100)
  .superRefine((list, ctx) => {
    for (const [index, { country }] of list.entries())
      if (list.findIndex((one) => one.country === country) < index)
        ctx.addIssue({ code: "custom", path: [index, "country"], message: "is there twice" });
  });
