import { clockAhead } from "#lib/db/clock-ahead";
import { listStops } from "#lib/delivery/stops";
import { readFactorCounts } from "#lib/policy/factor-counts";
import { requestContext } from "#lib/request";

/** Metric lines from the database, the same from every process; what cannot be read is left out, because 0 would be a guess. */

const gauge = (name: string, label: string, values: [value: string, n: number][]): string[] => [
  `# TYPE ${name} gauge`,
  ...values.map(([value, n]) => `${name}{${label}="${value}"} ${n}`),
];

/** The active stops by channel. */
async function stopLines(): Promise<string[]> {
  const stops = await listStops();
  const count = (channel: string) => stops.filter((stop) => stop.channel === channel).length;
  const channels = ["SMS", "VOICE", "EMAIL"] as const;
  return gauge(
    "sekisho_sending_stops",
    "channel",
    channels.map((channel) => [channel.toLowerCase(), count(channel)]),
  );
}

/** How second factors were used within thirty days, and which ones accounts have; none before the first count. */
async function factorLines(): Promise<string[]> {
  const { uses, accounts } = await readFactorCounts();
  return [
    ...(uses ? gauge("sekisho_factor_uses_30_days", "method", Object.entries(uses.counts)) : []),
    ...(accounts ? gauge("sekisho_accounts", "factors", Object.entries(accounts.counts)) : []),
  ];
}

/** How far the database's clock, which judges every code and every wait, is from this process's. */
async function clockLines(): Promise<string[]> {
  return ["# TYPE sekisho_database_clock_ahead_seconds gauge", `sekisho_database_clock_ahead_seconds ${(await clockAhead()).toFixed(3)}`];
}

export async function databaseLines(): Promise<string[]> {
  const parts = await Promise.all([stopLines, factorLines, clockLines].map((lines) => lines().catch(() => [])));
  // The metrics of the process are served without a database too, without a 503.
  const context = requestContext();
  if (context) context.databaseUnavailable = false;
  return parts.flat();
}
