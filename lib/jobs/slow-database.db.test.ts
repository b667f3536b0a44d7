import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, expect, it, vi } from "vitest";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { startWorker } from "#lib/jobs/worker";
import { log } from "#lib/log";
import { count } from "#lib/testing/fixtures";

/** A slow database delays the jobs of the worker; it causes one log line, no flood of traces and no second start. */

const JOBS = 300;
let worker: Awaited<ReturnType<typeof startWorker>> | undefined;
afterEach(() => worker?.stop());

const queued = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier = 'brief'`);

it("While the queue's table is locked for seconds, jobs wait, each is done once, and nothing is traced", async () => {
  const traced = vi.spyOn(console, "trace").mockImplementation(() => undefined);
  const failed = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const warned = vi.spyOn(log, "warn");
  let starts = 0;
  // The jobs end at different moments, so that each is reported separately.
  const brief = async () => {
    starts += 1;
    await sleep(100 + (starts % 80) * 5);
  };
  worker = await startWorker({ taskList: { brief } });
  await sql`SELECT count(graphile_worker.add_job('brief')) FROM generate_series(1, ${JOBS}::int)`;
  await expect.poll(() => starts, { interval: 5 }).toBeGreaterThan(100);
  const locker = new pg.Client({ connectionString: env().DATABASE_URL });
  await locker.connect();
  await locker.query("BEGIN");
  await locker.query("LOCK TABLE graphile_worker._private_jobs IN ACCESS EXCLUSIVE MODE");
  await sleep(9_000);
  await locker.query("COMMIT");
  await locker.end();
  await expect.poll(queued, { timeout: 15_000 }).toBe(0);
  expect({ starts, traced: traced.mock.calls.length, failed: failed.mock.calls.length }).toEqual({ starts: JOBS, traced: 0, failed: 0 });
  expect(warned.mock.calls.map(([{ event, pool }]) => [event, pool])).toEqual([["pool.full", "worker"]]);
});
