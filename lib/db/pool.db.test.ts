import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { poolWaits } from "#lib/db/pool-watch";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { log } from "#lib/log";

it("An application pool whose connections are all in use is one line in the log and a number in the metrics", async () => {
  const warned = vi.spyOn(log, "warn");
  await sql`SELECT 1`;
  const busy = Promise.allSettled(Array.from({ length: env().DATABASE_POOL + 25 }, () => sql`SELECT pg_sleep(2.2)`));
  await sleep(500);
  expect(poolWaits().get("application")).toBe(25);
  await busy;
  expect(warned.mock.calls.map(([{ event, pool }]) => [event, pool])).toEqual([["pool.full", "application"]]);
  expect(poolWaits().get("application")).toBe(0);
});
