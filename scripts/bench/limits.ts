import { cpuOf } from "./cpu.ts";
import { type Bench, benchEnvironment, child, messageFrom } from "./processes.ts";
import { formatTable } from "./table.ts";
import type { TakesDone, TakesOrder } from "./takes.ts";

/** Measures how many sends per second two instances can count on one database, with all send limits active and budgets that hold 200,000 sends. */

const COUNTED = 200_000;

/** Texts that are sent at once, and the budget that lets fewer through. */
const BURST = 10_000;
const BUDGET = 6_000;

const NO_END = "100000000";

function openTakes(databaseUrl: string, sendsPerDay = NO_END) {
  const budgets = { SENDS_PER_DAY: sendsPerDay, SENDS_PER_COUNTRY_HOUR: NO_END };
  const takes = child("bench/takes.ts", { ...benchEnvironment, SEKISHO_LIMITS: "standard", ...budgets, DATABASE_URL: databaseUrl });
  return async (order: TakesOrder): Promise<TakesDone> => {
    takes.send(order);
    const { done, error } = (await messageFrom(takes)) as { done?: TakesDone; error?: string };
    if (!done) throw new Error(error);
    return done;
  };
}

type BudgetResult = { sends: number; budget: number; through: number; seconds: number };
type LimitsResult = {
  counted: number;
  perSecond: number;
  refused: number;
  slowest: number;
  postgresMs: number;
  budget: BudgetResult;
};

/** Ten thousand sends at once from two instances against a budget that holds fewer. */
async function measureBudget(databaseUrl: string): Promise<BudgetResult> {
  const instances = [openTakes(databaseUrl, String(BUDGET)), openTakes(databaseUrl, String(BUDGET))];
  const began = performance.now();
  const done = await Promise.all(instances.map((one) => one({ do: "burst", sends: BURST / 2 })));
  const through = done.reduce((sum, { count, refused }) => sum + count - refused, 0);
  return { sends: BURST, budget: BUDGET, through, seconds: (performance.now() - began) / 1000 };
}

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
    budget: await measureBudget(await bench.another()),
  };
}

export function printLimits({ counted, perSecond, refused, slowest, postgresMs, budget }: LimitsResult): void {
  console.log(`\nSends counted by two instances over one database, budgets on and ${counted} counted before\n`);
  console.log(
    formatTable([
      ["sends/s", "refused", "slowest ms", "PostgreSQL CPU ms"],
      [perSecond, refused, slowest, postgresMs],
    ]),
  );
  console.log(
    `\n  ${budget.sends} sends at once from two instances, a budget of ${budget.budget}: ${budget.through} went through, in ${budget.seconds.toFixed(1)} s`,
  );
}
