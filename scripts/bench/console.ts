import type { ChildProcess } from "node:child_process";
import { loadavg } from "node:os";
import type { SeedSize } from "../seed/fill.ts";
import { LoadClient, newAgent } from "./client.ts";
import { CONCURRENCY, summed } from "./compare.ts";
import { measured } from "./measured.ts";
import { type Bench, benchEnvironment, child, messageFrom, startBench } from "./processes.ts";
import type { SiteOrder, SiteReport } from "./site.ts";
import { formatTable, percentiles } from "./table.ts";

/**
 * Measures the console's pages with one reader on a warm, seeded database, and the same sign-ins there and on an empty one in turns. Each has a server
 * and a PostgreSQL of its own.
 */

const TURNS = 3;
const WARM = 5;
const READS = 40;

async function ask(site: ChildProcess, order: SiteOrder): Promise<SiteReport> {
  site.send(order);
  const { report, error } = (await messageFrom(site)) as { report?: SiteReport; error?: string };
  if (!report) throw new Error(error);
  return report;
}

/** Reads each page one after the other; a page that this version does not have is left out. */
async function readPages(url: string, cookie: string, pages: readonly string[]) {
  const client = new LoadClient(url, newAgent(), cookie);
  const rows = [];
  for (const path of pages) {
    const times: number[] = [];
    let status = 0;
    for (let read = 0; read < WARM + READS; read += 1) {
      const began = performance.now();
      ({ status } = await client.ask("GET", path));
      if (status !== 200) break;
      if (read >= WARM) times.push(performance.now() - began);
    }
    rows.push({ path, status, ...(times.length > 0 ? percentiles(times) : {}) });
  }
  return rows;
}

async function turns(benches: readonly Bench[], seconds: number) {
  const rounds = benches.map(() => [] as Awaited<ReturnType<typeof measured>>[]);
  for (let turn = 0; turn < TURNS; turn += 1)
    for (const [index, bench] of benches.entries())
      rounds[index]?.push(await measured(bench, { do: "journeys", way: "text", url: bench.url, concurrency: CONCURRENCY, seconds }));
  return rounds.map(summed);
}

/** Seeds a database, and measures sign-ins, pages and the drop of a month on it. */
export async function measureConsole(size: SeedSize, seconds: number) {
  const load = [loadavg()];
  let site: ChildProcess | undefined;
  let steps: SiteReport["steps"];
  const full = await startBench({
    postgres: "bundled",
    before: async (databaseUrl) => {
      site = child("bench/site.ts", { ...benchEnvironment, DATABASE_URL: databaseUrl });
      ({ steps } = await ask(site, { do: "fill", size }));
    },
  });
  if (!site) throw new Error("the database was not seeded");
  const empty = await startBench({ postgres: "bundled" });
  for (const bench of [empty, full]) {
    await bench.load({ do: "register", way: "text", url: bench.url, accounts: 2 * CONCURRENCY });
    await bench.load({ do: "journeys", way: "text", url: bench.url, concurrency: CONCURRENCY, seconds: Math.min(5, seconds) });
  }
  const [onEmpty, onFull] = await turns([empty, full], seconds);
  const { cookie = "", pages = [] } = await ask(site, { do: "staff" });
  const read = await readPages(full.url, cookie, pages);
  const { dropped } = await ask(site, { do: "drop" });
  load.push(loadavg());
  return { size, steps, signIn: { empty: onEmpty, full: onFull }, pages: read, dropped, load };
}

export function printConsole({ size, steps = [], signIn, pages, dropped, load }: Awaited<ReturnType<typeof measureConsole>>): void {
  console.log(`\nThe console with ${size.users} accounts and ${size.messages} messages, one reader, warm (milliseconds)\n`);
  console.log(
    formatTable([
      ["page", "p50", "p95", "p99"],
      ...pages.map(({ path, status, p50, p95, p99 }) => [path, p50 ?? status, p95 ?? "–", p99 ?? "–"]),
    ]),
  );
  const { empty, full } = signIn;
  if (empty && full) {
    console.log(`\nSign-in journeys at concurrency ${CONCURRENCY}, ${TURNS} turns each\n`);
    const row = (name: string, one: typeof empty) => [name, one.perSecond, one.p50, one.p95, one.cpu.server, one.cpu.postgres];
    console.log(
      formatTable([
        ["database", "journeys/s", "p50 ms", "p95 ms", "server CPU ms", "PostgreSQL CPU ms"],
        row("empty", empty),
        row("seeded", full),
      ]),
    );
    console.log(
      `\nSeeded, a sign-in takes ${(full.p50 / empty.p50).toFixed(2)} × the time and ${((full.cpu.server + full.cpu.postgres) / (empty.cpu.server + empty.cpu.postgres)).toFixed(2)} × the processor time.`,
    );
  }
  if (dropped)
    console.log(`The month ${dropped.month} with ${Math.round(dropped.rows)} messages was dropped in ${dropped.ms.toFixed(0)} ms.`);
  console.log(
    `Seeded in ${steps.reduce((sum, [, took]) => sum + took, 0).toFixed(0)} s: ${steps.map(([step, took]) => `${step} ${took.toFixed(0)} s`).join(", ")}.`,
  );
  console.log(`Load of the machine before and after: ${load.map(([one = 0]) => one.toFixed(1)).join(", ")}.`);
}
