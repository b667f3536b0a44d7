import { cpuOf } from "./cpu.ts";
import type { Order } from "./load.ts";
import type { Bench } from "./processes.ts";

/** Runs an order and records the processor milliseconds of the server and of PostgreSQL per completed item. */
export async function measured(bench: Bench, order: Order) {
  const before = [cpuOf(bench.server), cpuOf(bench.postgres)] as const;
  const done = await bench.load(order);
  const server = (cpuOf(bench.server) - before[0]) / done.count;
  const postgres = (cpuOf(bench.postgres) - before[1]) / done.count;
  return { ...done, cpu: { server, postgres } };
}
