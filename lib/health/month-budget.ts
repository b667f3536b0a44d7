import { sql } from "#lib/db/sql";
import { ALL, holdBrake, takeBrakeOff } from "#lib/limits/brakes";
import { currentSettings } from "#lib/policy/read";

/** The budget of a month in yen (`budgetYenPerMonth`): a brake holds sends to new numbers back while it is spent. */

/** A worker looks every minute; a brake of three bridges one that was late. */
const BRAKE_SECONDS = 180;

/** What this month of Japan has cost so far, and its budget; null where none is set. Costs are those that the job of every five minutes counted. */
export async function monthBudget(): Promise<{ spent: number; max: number } | null> {
  const { budgetYenPerMonth: max } = await currentSettings();
  if (max === null) return null;
  const [row] = await sql<{ spent: number }>`
    SELECT coalesce(sum(cost), 0)::float8 AS spent FROM usage_costs
    WHERE day >= date_trunc('month', app_now() AT TIME ZONE 'Asia/Tokyo')::date AND day <= (app_now() AT TIME ZONE 'Asia/Tokyo')::date`;
  return { spent: row?.spent ?? 0, max };
}

/** Puts the brake on while the budget is spent, and takes it off once the budget was raised or a month began. */
export async function holdMonthBudget(): Promise<void> {
  const month = await monthBudget();
  if (month && month.spent >= month.max) await holdBrake(sql, "month_budget", ALL, BRAKE_SECONDS);
  else await takeBrakeOff(sql, "month_budget", ALL);
}
