import { type Sql, sql } from "#lib/db/sql";
import type { Method } from "#lib/methods";

/** How much still rests on the telephone, as a job has counted it (`count-factors`). */

/** The days over which proofs are counted. */
export const COUNTED_DAYS = 30;

/** The method of each word of a second factor in a session (RFC 8176), in the order in which they are told. */
const METHODS = [
  ["sms", "sms"],
  ["tel", "voice"],
  ["otp", "totp"],
  ["hwk", "passkey"],
  ["rc", "recovery_code"],
] as const satisfies [word: string, method: Method][];

/** A method by which a second factor is proven. */
export type FactorMethod = (typeof METHODS)[number][1];

/** The methods that rest on the telephone network. */
const PSTN: readonly FactorMethod[] = ["sms", "voice"];

/** Numbers by the word or the kinds that they are of. */
export type Counts = Record<string, number>;

/** What was counted: proofs by method within thirty days, and accounts by what they have; null where nothing was counted yet. */
export type FactorCounts = {
  uses: { from: Date; until: Date; counts: Record<FactorMethod, number> } | null;
  accounts: { at: Date; counts: Counts } | null;
};

/** Reads what was counted. */
export async function readFactorCounts(tx: Sql = sql): Promise<FactorCounts> {
  const [[uses], [accounts]] = await Promise.all([
    tx<{ from: Date | null; until: Date; counts: Counts | null }>`
      WITH hours AS (SELECT at, counts FROM factor_counts WHERE what = 'uses' AND at >= date_trunc('hour', app_now()) - make_interval(days => ${COUNTED_DAYS}::int) AND at < app_now())
      SELECT min(at) AS "from", max(at) + interval '1 hour' AS until,
        (SELECT jsonb_object_agg(word, n) FROM (SELECT c.key AS word, sum(c.value::bigint) AS n FROM hours h, jsonb_each_text(h.counts) c GROUP BY 1) words) AS counts
      FROM hours`,
    tx<{ at: Date; counts: Counts }>`
      SELECT at, counts FROM factor_counts WHERE what = 'accounts' AND at <= app_now() ORDER BY at DESC LIMIT 1`,
  ]);
  const byMethod = METHODS.map(([word, method]) => [method, uses?.counts?.[word] ?? 0]);
  return {
    uses: uses?.from ? { from: uses.from, until: uses.until, counts: Object.fromEntries(byMethod) as Record<FactorMethod, number> } : null,
    accounts: accounts ?? null,
  };
}

/** The share of the proofs that rest on the telephone network, from 0 to 1; null without any proof. */
export function pstnShare(counts: Record<FactorMethod, number>): number | null {
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return all === 0 ? null : PSTN.reduce((sum, method) => sum + counts[method], 0) / all;
}
