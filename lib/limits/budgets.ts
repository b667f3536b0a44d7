import { env } from "#lib/env";
import type { BudgetEnv } from "#lib/limits/policy";
import { settingsNow } from "#lib/policy/read";

/** The budgets of sends as they are now: what the policy says wins over the environment. */
export function budgetsNow(): BudgetEnv {
  const { budgetSendsPerDay, budgetSendsPerCountryHour } = settingsNow();
  const { SENDS_PER_DAY, SENDS_PER_COUNTRY_HOUR, SENDS_KEPT_PERCENT } = env();
  return {
    SENDS_PER_DAY: budgetSendsPerDay ?? SENDS_PER_DAY,
    SENDS_PER_COUNTRY_HOUR: budgetSendsPerCountryHour ?? SENDS_PER_COUNTRY_HOUR,
    SENDS_KEPT_PERCENT,
  };
}
