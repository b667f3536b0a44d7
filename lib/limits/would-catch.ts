import { sql } from "#lib/db/sql";
import { isLow, type Thresholds, type Weighed } from "#lib/limits/conversion";

/** What thresholds of the pumping guard would have caught in the last 30 days: hours of a country, with their sends and those of them that were proven. */
export type Caught = { hours: number; sends: number; proven: number };

/** Pure: sums the hours that thresholds catch; what was proven in them is what a guard would have made harder for real people. */
export function caughtBy(hours: readonly Weighed[], at: Thresholds): Caught {
  const caught = hours.filter((one) => isLow(one, at));
  const sum = (count: "sends" | "proven") => caught.reduce((all, one) => all + one[count], 0);
  return { hours: caught.length, sends: sum("sends"), proven: sum("proven") };
}

/** The thresholds that are offered for comparison beside those that are set. */
const OTHERS: readonly Thresholds[] = [
  { sends: 10, provenPercent: 30 },
  { sends: 20, provenPercent: 20 },
  { sends: 50, provenPercent: 20 },
  { sends: 50, provenPercent: 10 },
];

export type Comparison = { since: string | null; hours: number; lines: { at: Thresholds; set: boolean; caught: Caught }[] };

/** Compares thresholds by the last 30 days, by clock hours and countries; `since` is the first hour that was kept, ISO 8601. */
export async function compareThresholds(set: Thresholds): Promise<Comparison> {
  const hours = await sql<Weighed & { hour: string }>`
    SELECT to_json(hour)#>>'{}' AS hour, country, sends, proven FROM conversion_hours WHERE hour > app_now() - interval '30 days' ORDER BY hour`;
  const same = (one: Thresholds) => one.sends === set.sends && one.provenPercent === set.provenPercent;
  const all = [set, ...OTHERS.filter((one) => !same(one))];
  return {
    since: hours[0]?.hour ?? null,
    hours: hours.length,
    lines: all.map((at) => ({ at, set: same(at), caught: caughtBy(hours, at) })),
  };
}
