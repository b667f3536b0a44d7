import { type Plan, type PlanUse, planUses } from "#lib/costs/estimate";
import type { Settings } from "#lib/policy/settings";

/** Pure: the plan of the set-up guide, from its address or as it was kept: uses, numbers and percentages as they were typed. */

/** The fields of a plan: what it begins with, its most, and whether it is a percentage. */
export const planFields = {
  people: { initial: 1000, most: 100_000_000, percent: false },
  signUps: { initial: 100, most: 100_000_000, percent: false },
  signIns: { initial: 4, most: 1000, percent: false },
  byText: { initial: 80, most: 100, percent: true },
  payments: { initial: 0, most: 1000, percent: false },
  resets: { initial: 1, most: 100, percent: true },
  again: { initial: 5, most: 100, percent: true },
  byCall: { initial: 3, most: 100, percent: true },
} as const satisfies Record<keyof Plan, { initial: number; most: number; percent: boolean }>;

export type PlanField = keyof typeof planFields;
export const planFieldNames = Object.keys(planFields) as PlanField[];

type Query = Record<string, string | string[] | undefined>;
type Kept = Settings["plan"];

/** The numbers as they are shown in the form; what cannot be read is what was kept, or the initial value. */
export function planNumbers(query: Query, kept: Kept = null): Record<PlanField, number> {
  const read = planFieldNames.map((name) => {
    const typed = query[name];
    const text = typeof typed === "string" ? typed.normalize("NFKC").replace(/[,\s]/g, "") : "";
    const { initial, most } = planFields[name];
    return [name, /^\d{1,9}(?:\.\d{1,2})?$/.test(text) && Number(text) <= most ? Number(text) : (kept?.numbers[name] ?? initial)] as const;
  });
  return Object.fromEntries(read) as Record<PlanField, number>;
}

/** What the plan is for: the boxes that were checked, what was kept where no form was sent, or everything. */
export function planUsesOf(query: Query, kept: Kept = null): PlanUse[] {
  if (query.form !== "plan") return kept?.uses ?? [...planUses];
  const checked = [query.use ?? []].flat();
  return planUses.filter((use) => checked.includes(use));
}

/** The plan that the numbers mean: percentages become shares. */
export const planOf = (numbers: Record<PlanField, number>): Plan =>
  Object.fromEntries(planFieldNames.map((name) => [name, planFields[name].percent ? numbers[name] / 100 : numbers[name]])) as Plan;
