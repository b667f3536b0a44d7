import { sql } from "#lib/db/sql";
import { ALL, holdBrake, takeBrakesOff } from "#lib/limits/brakes";
import { currentSettings } from "#lib/policy/read";

/** The budgets in yen (`budgetYenPerMonth`, `budgetPerCountry`): a brake holds sends to new numbers back while one is spent, of a country or of all. */

/** A worker looks every minute; a brake of three bridges one that was late. */
const BRAKE_SECONDS = 180;

/** One budget in yen and what of it is spent; `subject` is the country, or empty for all of them, and `stops` is false where it only alerts. */
export type YenBudget = {
  name: "yen_per_month" | "yen_per_country_day" | "yen_per_country_month";
  subject: string;
  spent: number;
  max: number;
  stops: boolean;
};

/** The budgets that are set, with what this day and this month of Japan have cost so far. Costs are those that the job of every five minutes counted. */
export async function yenBudgets(): Promise<YenBudget[]> {
  const { budgetYenPerMonth: most, budgetPerCountry } = await currentSettings();
  if (most === null && budgetPerCountry.every(({ yenPerDay, yenPerMonth }) => yenPerDay === null && yenPerMonth === null)) return [];
  const costs = await sql<{ country: string; day: number; month: number }>`
    SELECT country, coalesce(sum(cost) FILTER (WHERE day = today), 0)::float8 AS day, coalesce(sum(cost), 0)::float8 AS month
    FROM usage_costs, LATERAL (SELECT (app_now() AT TIME ZONE 'Asia/Tokyo')::date AS today) t
    WHERE day BETWEEN date_trunc('month', today)::date AND today GROUP BY country`;
  const spent = costs.reduce((sum, { month }) => sum + month, 0);
  const whole: YenBudget[] = most === null ? [] : [{ name: "yen_per_month", subject: "", spent, max: most, stops: true }];
  const byCountry = budgetPerCountry.flatMap(({ country, mode, yenPerDay, yenPerMonth }): YenBudget[] => {
    const of = { subject: country, stops: mode === "deny" };
    const { day = 0, month = 0 } = costs.find((one) => one.country === country) ?? {};
    return [
      ...(yenPerDay === null ? [] : [{ name: "yen_per_country_day" as const, spent: day, max: yenPerDay, ...of }]),
      ...(yenPerMonth === null ? [] : [{ name: "yen_per_country_month" as const, spent: month, max: yenPerMonth, ...of }]),
    ];
  });
  return [...whole, ...byCountry];
}

/** Puts the brake on while a budget is spent, and takes it off once that was raised or its day or month is over. */
export async function holdYenBudgets(): Promise<void> {
  const spent = (await yenBudgets()).filter((one) => one.stops && one.spent >= one.max).map(({ subject }) => subject || ALL);
  const subjects = [...new Set(spent)];
  for (const subject of subjects) await holdBrake(sql, "month_budget", subject, BRAKE_SECONDS);
  await takeBrakesOff(sql, "month_budget", { but: subjects });
}
