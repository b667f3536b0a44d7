import type { Tier } from "#lib/costs/offers";

/** Pure: how many texts and calls a service sends in a month, and what they cost; the arithmetic is shown as it is done. */

/** What a service plans. */
export type Plan = {
  /** People with an account at the end of the month. */
  people: number;
  /** New accounts in a month. */
  signUps: number;
  /** Sign-ins of one person in a month. */
  signIns: number;
  /** Share of sign-ins that need a text: the others use a passkey or an app, 0 to 1. */
  byText: number;
  /** Confirmed payments of one person in a month. */
  payments: number;
  /** Share of people who reset a password in a month, 0 to 1. */
  resets: number;
  /** Share of codes that are asked for again, 0 to 1. */
  again: number;
  /** Share of codes that are called instead of texted, 0 to 1. */
  byCall: number;
};

/** What texts are sent for. */
export const planUses = ["signUps", "signIns", "payments", "resets", "notices"] as const;
export type PlanUse = (typeof planUses)[number];

/** One line of the arithmetic: what, from which factors, and how many codes. */
export type Line = { what: "signUps" | "signIns" | "payments" | "resets" | "notices" | "again"; factors: number[]; codes: number };

/** Texts and calls of a month with the lines that they come from. */
export type Estimate = { lines: Line[]; codes: number; texts: number; calls: number };

const product = (what: Line["what"], factors: number[]): Line => ({
  what,
  factors,
  codes: Math.round(factors.reduce((a, b) => a * b, 1)),
});

/** The weighty notices that a sign-up or a reset sends by text. */
const NOTICES = 1;

/** How many texts and calls a plan makes in a month, for these uses alone. */
export function estimate(plan: Plan, uses: readonly PlanUse[] = planUses): Estimate {
  const { people, signUps, signIns, byText, payments, resets, again, byCall } = plan;
  const asked = [
    product("signUps", [signUps]),
    product("signIns", [people, signIns, byText]),
    product("payments", [people, payments, byText]),
    product("resets", [people, resets]),
  ].filter(({ what }) => uses.some((use) => use === what));
  const codes = asked.reduce((sum, { codes: one }) => sum + one, 0);
  const repeated = product("again", [codes, again]);
  const notices = uses.includes("notices") ? [product("notices", [people, resets, NOTICES])] : [];
  const noticed = notices.reduce((sum, { codes: one }) => sum + one, 0);
  const all = codes + repeated.codes;
  const calls = Math.round(all * byCall);
  return { lines: [...asked, repeated, ...notices], codes: all, calls, texts: all - calls + noticed };
}

/** The price of a segment at a volume: the tier with the highest start that the volume reaches prices all of it. */
export function priceAt(tiers: readonly Tier[], segments: number): number | null {
  const reached = tiers.filter(({ from }) => from <= segments).sort((a, b) => b.from - a.from);
  return reached[0]?.yen ?? null;
}

/** Yen of a month without tax: fees and segments; null where no tier is reached. */
export function monthlyYen({ tiers, monthlyFee = 0 }: { tiers: readonly Tier[]; monthlyFee?: number }, segments: number): number | null {
  const price = priceAt(tiers, segments);
  return price === null ? null : Math.round((monthlyFee + price * segments) * 100) / 100;
}

/** A plan with its cost over some months, the cheapest first. */
export type Compared = { name: string; yen: number };

/** What some months would have cost with each plan that prices all of them. */
export function compare(
  plans: readonly { name: string; tiers: readonly Tier[]; monthlyFee?: number }[],
  months: readonly number[],
): Compared[] {
  return plans
    .flatMap(({ name, ...plan }) => {
      const costs = months.map((segments) => monthlyYen(plan, segments));
      return costs.some((cost) => cost === null) ? [] : [{ name, yen: costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0) }];
    })
    .sort((a, b) => a.yen - b.yen || (a.name < b.name ? -1 : 1));
}
