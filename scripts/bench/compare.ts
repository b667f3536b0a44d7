import type { Postgres } from "../test/distribution.ts";
import { measured } from "./measured.ts";
import { startBench } from "./processes.ts";
import { formatTable, percentiles } from "./table.ts";

/**
 * Measures the same sign-ins on the bundled PostgreSQL and on the distribution's default one. The two take turns, because the speed of a shared
 * machine changes from minute to minute.
 */

const TURNS = 3;
export const CONCURRENCY = 8;
/** Two accounts per lane: a new sign-in voids the open challenge of the same account. */
const ACCOUNTS = 2 * CONCURRENCY;

type Side = {
  postgres: Postgres;
  journeys: number;
  perSecond: number;
  cpu: { server: number; postgres: number };
  p50: number;
  p95: number;
};
export type Pair = (Side & { errors: Record<string, number> })[];

/** Measures each server three times for `seconds`; both run the whole time. */
export async function measurePair(seconds: number): Promise<Pair> {
  const kinds: Postgres[] = ["bundled", "distribution"];
  const benches = [];
  for (const postgres of kinds) {
    const bench = await startBench({ postgres });
    await bench.load({ do: "register", url: bench.url, accounts: ACCOUNTS, way: "text" });
    await bench.load({ do: "journeys", url: bench.url, concurrency: CONCURRENCY, seconds: Math.min(5, seconds), way: "text" });
    benches.push(bench);
  }
  const rounds = kinds.map(() => [] as Awaited<ReturnType<typeof measured>>[]);
  for (let turn = 0; turn < TURNS; turn += 1)
    for (const [index, bench] of benches.entries())
      rounds[index]?.push(await measured(bench, { do: "journeys", url: bench.url, concurrency: CONCURRENCY, seconds, way: "text" }));
  return kinds.map((postgres, index) => ({ postgres, ...summed(rounds[index] ?? []) }));
}

/** Sums the turns of one server. */
export function summed(rounds: Awaited<ReturnType<typeof measured>>[]) {
  const journeys = rounds.reduce((sum, one) => sum + one.count, 0);
  const took = rounds.reduce((sum, one) => sum + one.seconds, 0);
  const mean = (of: (one: (typeof rounds)[number]) => number) => rounds.reduce((sum, one) => sum + of(one) * one.count, 0) / journeys;
  const { p50, p95 } = percentiles(rounds.flatMap(({ times }) => times.map(({ total }) => total)));
  const errors = Object.fromEntries(rounds.flatMap((one) => Object.entries(one.errors)));
  return {
    journeys,
    perSecond: journeys / took,
    cpu: { server: mean(({ cpu }) => cpu.server), postgres: mean(({ cpu }) => cpu.postgres) },
    p50,
    p95,
    errors,
  };
}

/** Prints both results side by side, and the second server's journeys per second as a share of the first's. */
export function printPair(pair: Pair): void {
  console.log(`\nSign-in journeys at concurrency ${CONCURRENCY}, ${TURNS} turns each\n`);
  const head = ["PostgreSQL", "journeys/s", "PostgreSQL CPU ms", "server CPU ms", "p50 ms", "p95 ms", "errors"];
  const row = (one: Pair[number]) => [
    one.postgres,
    one.perSecond,
    one.cpu.postgres,
    one.cpu.server,
    one.p50,
    one.p95,
    Object.values(one.errors).reduce((sum, count) => sum + count, 0),
  ];
  console.log(formatTable([head, ...pair.map(row)]));
  const [bundled, distribution] = pair;
  if (bundled && distribution)
    console.log(`\nThe distribution's makes ${(distribution.perSecond / bundled.perSecond).toFixed(2)} × the journeys of the bundled one.`);
}
