import { cpuOf } from "./cpu.ts";
import { type Bench, benchEnvironment, child, messageFrom } from "./processes.ts";
import { formatTable } from "./table.ts";
import type { TakesDone, TakesOrder } from "./takes.ts";

/** Measures how many sends per second two instances can count on one database, with all send limits active and budgets that hold 200,000 sends. */

const COUNTED = 200_000;

function openTakes(databaseUrl: string) {
  const budgets = { SENDS_PER_DAY: "100000000", SENDS_PER_COUNTRY_HOUR: "100000000" };
  const takes = child("bench/takes.ts", { ...benchEnvironment, SEKISHO_LIMITS: "standard", ...budgets, DATABASE_URL: databaseUrl });
  return async (order: TakesOrder): Promise<TakesDone> => {
    takes.send(order);
    const { done, error } = (await messageFrom(takes)) as { done?: TakesDone; error?: string };
    if (!done) throw new Error(error);
    return done;
  };
}

type LimitsResult = { counted: number; perSecond: number; refused: number; slowest: number; postgresMs: number };

export async function measureLimits(bench: Bench, seconds: number): Promise<LimitsResult> {
  const databaseUrl = await bench.another();
  const instances = [openTakes(databaseUrl), openTakes(databaseUrl)];
  await instances[0]?.({ do: "fill", counted: COUNTED });
  await Promise.all(instances.map((one) => one({ do: "take", seconds: 1, concurrency: 8 })));
  const before = cpuOf(bench.postgres);
  const done = await Promise.all(instances.map((one) => one({ do: "take", seconds, concurrency: 8 })));
  const count = done.reduce((sum, one) => sum + one.count, 0);
  return {
    counted: COUNTED,
    perSecond: count / seconds,
    refused: done.reduce((sum, one) => sum + one.refused, 0),
    slowest: Math.max(...done.map((one) => one.slowest)),
    postgresMs: (cpuOf(bench.postgres) - before) / count,
  };
}

export function printLimits({ counted, perSecond, refused, slowest, postgresMs }: LimitsResult): void {
  console.log(`\nSends counted by two instances over one database, budgets on and ${counted} counted before\n`);
  console.log(
    formatTable([
      ["sends/s", "refused", "slowest ms", "PostgreSQL CPU ms"],
      [perSecond, refused, slowest, postgresMs],
    ]),
  );
}
