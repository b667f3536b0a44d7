import { dayAfter, type Period } from "#lib/console/usage-filter";
import { compare } from "#lib/costs/estimate";
import { type Forecast, forecastMonth } from "#lib/costs/forecast";
import { offers, printedTiers } from "#lib/costs/offers";
import { percentileOf, type Waits } from "#lib/costs/waits";
import type { Channel, DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";

/** What was sent and what it cost, from the days that a job counted. Yen are without tax, at the operator's own prices and rates. */

/** Today in Japan, by the product's clock. */
export async function today(): Promise<string> {
  const [row] = await sql<{ day: string }>`SELECT (app_now() AT TIME ZONE 'Asia/Tokyo')::date::text AS day`;
  return row?.day ?? "";
}

/** The message services that a rate or an invoice may be of: those that are linked, and those that once sent. */
export async function providerNames(): Promise<string[]> {
  const rows = await sql<{ name: string }>`
    SELECT name FROM provider_accounts WHERE kind <> 'demo' OR ${env().demo}::boolean UNION SELECT DISTINCT provider FROM daily_usage WHERE provider <> '' ORDER BY 1 LIMIT 200`;
  return rows.map(({ name }) => name);
}

/** What a sum of usage is: `unpriced` counts the hand-overs that no price is known for, which are in no yen. */
export type Sum = { count: number; segments: number; yen: number; unpriced: number };

/** One row as it was counted, with its cost. */
export type UsageRow = Sum & {
  day: string;
  channel: Channel;
  provider: string;
  country: string;
  carrier: string;
  purpose: string;
  result: DeliveryStatus;
  verified: number;
};

/** The rows of a period, a day at a time; an own rate counts before the price of the provider account, and what failed costs nothing. */
export const usageRows = ({ from, to }: Period, after: UsageRow | null = null, most = 100_000): Promise<UsageRow[]> => sql<UsageRow>`
  SELECT u.day::text AS day, u.channel::text AS channel, u.provider, u.country, u.carrier, u.purpose, u.result::text AS result, u.count, u.verified, u.segments,
    u.cost::float8 AS yen, u.missing AS unpriced
  FROM usage_costs u
  WHERE u.day BETWEEN ${from}::date AND ${to}::date
    AND (${after === null} OR (u.day::text, u.channel::text, u.provider, u.country, u.carrier, u.purpose, u.result::text) >
      (${after?.day ?? ""}, ${after?.channel ?? ""}, ${after?.provider ?? ""}, ${after?.country ?? ""}, ${after?.carrier ?? ""}, ${after?.purpose ?? ""}, ${after?.result ?? ""}))
  ORDER BY u.day::text, u.channel::text, u.provider, u.country, u.carrier, u.purpose, u.result::text LIMIT ${most}::int`;

const nothing: Sum = { count: 0, segments: 0, yen: 0, unpriced: 0 };

/** Adds rows up. */
export const sumOf = (rows: readonly Sum[]): Sum =>
  rows.reduce(
    (sum, { count, segments, yen, unpriced }) => ({
      count: sum.count + count,
      segments: sum.segments + segments,
      yen: sum.yen + yen,
      unpriced: sum.unpriced + unpriced,
    }),
    nothing,
  );

/** Rows added up by what a key says of them, the most first. */
export function sumsBy(rows: readonly UsageRow[], key: (row: UsageRow) => string): { key: string; sum: Sum }[] {
  const groups = Map.groupBy(rows, key);
  return [...groups]
    .map(([name, of]) => ({ key: name, sum: sumOf(of) }))
    .sort((a, b) => b.sum.count - a.sum.count || (a.key < b.key ? -1 : 1));
}

/** How far the hand-overs of one provider and carrier came, and the seconds within which half and 95 of 100 arrived. */
export type Way = {
  provider: string;
  carrier: string;
  sent: number;
  delivered: number;
  verified: number;
  p50: number | null;
  p95: number | null;
};

/** Sent, delivered and verified by provider and carrier. */
export async function waysOf({ from, to }: Period, rows: readonly UsageRow[]): Promise<Way[]> {
  const spans = await sql<{ provider: string; carrier: string; span: string; count: number }>`
    SELECT u.provider, u.carrier, w.key AS span, sum(w.value::int)::int AS count FROM daily_usage u, jsonb_each_text(u.waits) w
    WHERE u.day BETWEEN ${from}::date AND ${to}::date GROUP BY u.provider, u.carrier, w.key`;
  const waits = new Map<string, Waits>();
  for (const { provider, carrier, span, count } of spans) {
    const key = JSON.stringify([provider, carrier]);
    waits.set(key, { ...waits.get(key), [span]: count });
  }
  return [...Map.groupBy(rows, ({ provider, carrier }) => JSON.stringify([provider, carrier]))]
    .map(([key, of]) => {
      const [provider = "", carrier = ""] = JSON.parse(key) as string[];
      const counted = (which: (row: UsageRow) => boolean) => sumOf(of.filter(which)).count;
      const seconds = waits.get(key) ?? {};
      return {
        ...{ provider, carrier },
        sent: counted(({ result }) => result !== "failed"),
        delivered: counted(({ result }) => result === "delivered"),
        verified: of.reduce((sum, { verified }) => sum + verified, 0),
        p50: percentileOf(seconds, 0.5),
        p95: percentileOf(seconds, 0.95),
      };
    })
    .sort((a, b) => b.sent - a.sent);
}

/** How sign-ins were proven in a period, and what the texts that were not needed would have cost; null yen where no text has a price. */
export type Reliance = { bySms: number; byPasskey: number; byOther: number; savedYen: number | null };

/** How much still rests on the telephone, and what passkeys saved: each sign-in with one counts as a text at the mean price of the period. */
export async function relianceOf({ from, to }: Period, rows: readonly UsageRow[]): Promise<Reliance> {
  const [row] = await sql<{ sms: number; passkey: number; other: number }>`
    SELECT coalesce(sum(by_sms + by_voice), 0)::int AS sms, coalesce(sum(by_passkey), 0)::int AS passkey, coalesce(sum(by_app + by_recovery_code), 0)::int AS other
    FROM daily_figures WHERE day BETWEEN ${from}::date AND ${to}::date`;
  const { sms = 0, passkey = 0, other = 0 } = row ?? {};
  const texts = rows.filter(({ channel, result }) => channel === "SMS" && result !== "failed");
  const { count, yen, unpriced } = sumOf(texts);
  const priced = count - unpriced;
  return { bySms: sms, byPasskey: passkey, byOther: other, savedYen: priced > 0 ? (passkey * yen) / priced : null };
}

/** What this month will cost, from the last eight weeks; null without a week of days. */
export async function forecastOf(now: string): Promise<Forecast | null> {
  const month = `${now.slice(0, 7)}-01`;
  const from = [dayAfter(now, -56), month].sort()[0] ?? month;
  const rows = await usageRows({ from, to: now });
  const first = rows[0]?.day;
  if (!first) return null;
  const yen = new Map(sumsBy(rows, ({ day }) => day).map(({ key, sum }) => [key, sum.yen]));
  const days: { day: string; yen: number }[] = [];
  for (let day = first; day <= now; day = dayAfter(day, 1)) days.push({ day, yen: yen.get(day) ?? 0 });
  return forecastMonth(days, now);
}

/** A plan that would have carried the texts of the last three whole months: its yen, and where its price comes from (null: an own rate). */
export type CheapPlan = { name: string; yen: number; source: string | null };

/** An own rate of texts to Japan in yen: its account with its kind, the price of a segment, the fee of a month, and the day on which it began. */
export type OwnRate = { name: string; kind: string | null; price: number; fee: number; begins: string };

/** The own rate of each account that counts on a day; one in a currency without a rate is left out. */
export const ownTextRates = (now: string): Promise<OwnRate[]> => sql<OwnRate>`
    SELECT DISTINCT ON (r.provider) r.provider AS name, p.kind, (r.price * c.yen)::float8 AS price, (r.monthly_fee * c.yen)::float8 AS fee, r.begins::text AS begins
    FROM usage_rates r LEFT JOIN provider_accounts p ON p.name = r.provider
      CROSS JOIN LATERAL (SELECT CASE WHEN r.currency = 'JPY' THEN 1 ELSE (SELECT y.yen FROM currency_rates y WHERE y.currency = r.currency AND y.begins <= ${now}::date
        ORDER BY y.begins DESC LIMIT 1) END AS yen) c
    WHERE r.channel = 'SMS' AND r.country IN ('*', 'JP') AND r.begins <= ${now}::date AND c.yen IS NOT NULL
    ORDER BY r.provider, r.country = '*', r.begins DESC`;

/**
 * What the last three whole months would have cost with each own rate for Japan and each price list that its provider prints, the cheapest first. What
 * is known from elsewhere is no cost and is left out; own rates count before a price list of the same provider.
 */
export async function plansOf(now: string): Promise<{ plans: CheapPlan[]; months: { month: string; segments: number }[] }> {
  const months = await sql<{ month: string; segments: number }>`
    SELECT to_char(m, 'YYYY-MM') AS month, coalesce((SELECT sum(segments) FROM daily_usage u WHERE u.channel = 'SMS' AND u.country = 'JP' AND u.result <> 'failed'
      AND u.day >= m AND u.day < m + interval '1 month'), 0)::int AS segments
    FROM generate_series(date_trunc('month', ${now}::date::timestamp) - interval '3 months', date_trunc('month', ${now}::date::timestamp) - interval '1 month', interval '1 month') m
    ORDER BY 1`;
  const own = await ownTextRates(now);
  const printed = offers.flatMap((offer) => {
    const tiers = printedTiers(offer);
    const fee = offer.monthlyFee?.mark === "printed" ? offer.monthlyFee.value : null;
    const known = own.some(({ kind }) => kind !== null && kind === offer.kind);
    return tiers && !known ? [{ name: offer.name, tiers, monthlyFee: fee ?? 0, source: offer.tiers?.source ?? null }] : [];
  });
  const all = [
    ...own.map(({ name, price, fee }) => ({ name, tiers: [{ from: 0, yen: price }], monthlyFee: fee, source: null })),
    ...printed,
  ];
  const source = new Map(all.map((plan) => [plan.name, plan.source]));
  const compared = compare(
    all,
    months.map(({ segments }) => segments),
  );
  return { months, plans: compared.map(({ name, yen }) => ({ name, yen, source: source.get(name) ?? null })) };
}
