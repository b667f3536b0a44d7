import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { ALL } from "#lib/limits/brakes";
import { budgetRings, type Ring } from "#lib/limits/policy";
import { naming } from "#lib/limits/subject";
import { widthOf } from "#lib/limits/take";

/** How much of a budget of sends is spent: of the whole site in a day, or of a country in an hour. */
export type Budget = { country: string | null; spent: number; most: number };

/** Reads how much of the budgets is spent now. */
export async function readBudgets(): Promise<Budget[]> {
  const { sendsPerDay, sendsPerCountry } = budgetRings(env());
  const name = await naming();
  const of = async (ring: Ring, subjects: readonly string[]): Promise<Map<string, number>> => {
    const hashes = subjects.map((subject) => name(`limit/${ring.name}`, subject));
    const rows = await sql<{ subject: Buffer; spent: number }>`
      SELECT subject, sum(ring_sum(totals, floor(extract(epoch FROM app_now()) / ${widthOf(ring)}::int)::bigint - newest))::int AS spent
      FROM limit_rings WHERE policy = ${ring.name} AND subject = ANY(${hashes}::bytea[]) GROUP BY subject`;
    return new Map(rows.map((row) => [row.subject.toString("hex"), row.spent]));
  };
  const countries = env().ALLOWED_COUNTRIES.split(",");
  const [day, hours] = [await of(sendsPerDay, [ALL]), await of(sendsPerCountry, countries)];
  const spent = (found: Map<string, number>, ring: Ring, subject: string) =>
    found.get(name(`limit/${ring.name}`, subject).toString("hex")) ?? 0;
  return [
    { country: null, spent: spent(day, sendsPerDay, ALL), most: sendsPerDay.max },
    ...countries.map((country) => ({ country, spent: spent(hours, sendsPerCountry, country), most: sendsPerCountry.max })),
  ];
}
