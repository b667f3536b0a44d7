import { expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { inTimeBox } from "#lib/jobs/time-box";

const queued = () => sql<{ taskIdentifier: string; key: string }>`SELECT task_identifier, key FROM graphile_worker.jobs`;
const payload = async () => (await sql<{ payload: unknown }>`SELECT payload FROM graphile_worker._private_jobs`)[0]?.payload;

it("A run whose time is over queues its rest once, however many runs there are, and one that ended queues nothing", async () => {
  const endless = async (over: () => boolean) => {
    for (let step = 1; ; step += 1) if (over()) return { step };
  };
  for (const ms of [5, 5, 5]) await inTimeBox("clean_up", endless, ms);
  expect(await queued()).toEqual([{ taskIdentifier: "clean_up", key: "clean_up/rest" }]);
  expect(await payload()).toEqual({ step: expect.any(Number) });
  await inTimeBox("clean_up", async () => null, 5);
  expect((await queued()).length).toBe(1);
  await sql`SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker.jobs`;
});
