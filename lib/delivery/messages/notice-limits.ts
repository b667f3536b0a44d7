import { sql, transaction } from "#lib/db/sql";
import { ALL, brakeSeconds } from "#lib/limits/brakes";
import { budgetTakes } from "#lib/limits/budgets";
import { isBudget, policies } from "#lib/limits/policy";
import { takeLimits } from "#lib/limits/take";

/**
 * Takes the limits of one text of a notice; returns why it is not sent, or null. They are its own: a notice never takes from the sends of codes, and
 * from the budgets only what is not kept for codes to proven numbers. In a transaction of its own, because budgets are locked before sessions.
 */
export async function takeNoticeText(userId: string, e164: string, country: string | null): Promise<"throttled" | "budget_spent" | null> {
  if ((await brakeSeconds(sql, "month_budget", ALL, country ?? "")) > 0) return "budget_spent";
  const refusal = await transaction((tx) =>
    takeLimits(tx, [
      { policy: policies.noticeTexts, subject: e164 },
      { policy: policies.noticeTextsPerAccount, subject: userId },
      ...budgetTakes(country),
    ]),
  );
  if (!refusal) return null;
  return isBudget(refusal.policy) ? "budget_spent" : "throttled";
}
