import { setTimeout as sleep } from "node:timers/promises";
import type { TaskList } from "graphile-worker";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { createLeases } from "#lib/jobs/leases";
import { startWorker } from "#lib/jobs/worker";
import { count } from "#lib/testing/fixtures";

/** Which worker may start a job, on a real PostgreSQL: its own worker while it is alive, another one after the lease has expired. */

const LEASE_SECONDS = 2;
let worker: Awaited<ReturnType<typeof startWorker>> | undefined;
let starts: Map<string, number>;

/** A task that takes `ms` milliseconds and counts the starts of each job. */
const timed = async (payload: unknown) => {
  const { name, ms } = payload as { name: string; ms: number };
  starts.set(name, (starts.get(name) ?? 0) + 1);
  await sleep(ms);
};
const taskList: TaskList = { timed };
const begin = async (options: Parameters<typeof startWorker>[0] = {}) => {
  worker = await startWorker({ taskList, leaseSeconds: LEASE_SECONDS, ...options });
};
const add = (name: string, ms: number) =>
  sql`SELECT graphile_worker.add_job('timed', json_build_object('name', ${name}::text, 'ms', ${ms}::int))`;
const queued = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier = 'timed'`);
const done = () => expect.poll(queued, { timeout: 20_000, interval: 50 }).toBe(0);

beforeEach(() => {
  starts = new Map();
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
});

const lockedBy = (name: string) => sql`
  UPDATE graphile_worker._private_jobs SET locked_by = ${name}, locked_at = now() - interval '1 minute', attempts = 1
  WHERE payload ->> 'name' = 'lost'`;
const heldNow = async () =>
  (await sql<{ by: string | null }>`SELECT locked_by AS by FROM graphile_worker._private_jobs WHERE payload ->> 'name' = 'lost'`)[0]?.by;

describe("A job", () => {
  it("whose worker died is started by another one once its lease is over", async () => {
    await add("lost", 1);
    await lockedBy("pool-of-the-dead");
    const began = Date.now();
    await begin();
    await add("mine", 3_500);
    await expect.poll(() => starts.get("lost"), { timeout: 10_000, interval: 20 }).toBe(1);
    expect(Date.now() - began).toBeGreaterThan((LEASE_SECONDS * 1_000) / 2);
    await done();
    expect(Object.fromEntries(starts)).toEqual({ lost: 1, mine: 1 });
  });

  it("that was locked for a living worker whose answer got lost on the way is started all the same", async () => {
    await begin();
    await add("mine", 4_000);
    await expect.poll(() => starts.get("mine")).toBe(1);
    const [pool] = await sql<{
      name: string;
    }>`SELECT locked_by AS name FROM graphile_worker._private_jobs WHERE payload ->> 'name' = 'mine'`;
    await sql`SELECT graphile_worker.add_job('timed', '{"name": "lost", "ms": 1}', run_at => now() + interval '1 hour')`;
    await lockedBy(pool?.name ?? "");
    await sql`UPDATE graphile_worker._private_jobs SET run_at = now() WHERE payload ->> 'name' = 'lost'`;
    await expect.poll(() => starts.get("lost"), { timeout: 10_000, interval: 20 }).toBe(1);
    await done();
    expect(Object.fromEntries(starts)).toEqual({ lost: 1, mine: 1 });
  });
});

describe("After an outage, when every lease looks over", () => {
  it("a worker that comes back waits until the others must have renewed theirs", async () => {
    const leases = createLeases(LEASE_SECONDS);
    await add("lost", 1);
    await lockedBy("pool-that-lives");
    await leases.keep();
    expect(await heldNow()).toBe("pool-that-lives");
    await sleep(600);
    await leases.keep();
    expect(await heldNow()).toBe("pool-that-lives");
    await sleep(600);
    await leases.keep();
    expect(await heldNow()).toBe(null);
    await lockedBy("pool-that-lives");
    // Simulates an outage of this process: the next renewal counts as its first one again.
    await sleep(1_200);
    await leases.keep();
    expect(await heldNow()).toBe("pool-that-lives");
    await sql`DELETE FROM graphile_worker._private_jobs`;
  });
});

describe("A worker that lives", () => {
  it("starts no job a second time, neither one that is longer than the lease nor those beside it", async () => {
    await begin();
    await add("long", 6_000);
    await sleep(1_500);
    for (const name of ["short 1", "short 2", "short 3"]) await add(name, 2_500);
    await done();
    expect(Object.fromEntries(starts)).toEqual({ long: 1, "short 1": 1, "short 2": 1, "short 3": 1 });
  });
});
