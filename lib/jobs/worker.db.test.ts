import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { startWorker } from "#lib/jobs/worker";
import { count, makeAccount } from "#lib/testing/fixtures";

let worker: Awaited<ReturnType<typeof startWorker>>;
beforeAll(async () => {
  worker = await startWorker();
});
afterAll(() => worker.stop());

const jobs = (name: string) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier = ${name}`);
const until = async (done: () => Promise<boolean>) => {
  const began = Date.now();
  while (!(await done()) && Date.now() - began < 20_000) await new Promise((resolve) => setTimeout(resolve, 50));
  return Date.now() - began;
};

it("An idle worker takes what was queued for a moment to come when that moment has come", async () => {
  await new Promise((resolve) => setTimeout(resolve, 500));
  await sql`SELECT graphile_worker.add_job('demo_receipts', run_at => now() + interval '2 seconds')`;
  const took = await until(async () => (await jobs("demo_receipts")) === 0);
  expect(took).toBeGreaterThan(1_500);
  expect(took).toBeLessThan(5_000);
});

it("A text whose job fails for the last time is ended, so that no page waits for it", async () => {
  const account = await makeAccount();
  // An invalid value that never opens (PH-03).
  await sql`UPDATE phones SET number_sealed = 'test.AAAA' WHERE id = ${account.phoneId}::uuid`;
  const [message] = await sql<{ id: string }>`
    INSERT INTO messages (user_id, authenticator_id, template, channel, locale) VALUES (${account.userId}::uuid, ${account.phoneId}::uuid, 'code.SIGN_IN', 'SMS', 'ja') RETURNING id`;
  await sql`SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${message?.id}::text), max_attempts => 1)`;
  const state = async () =>
    (await sql<{ status: string; reason: string }>`SELECT status, reason FROM messages WHERE id = ${message?.id}::uuid`)[0];
  await until(async () => (await state())?.status !== "queued");
  expect(await state()).toEqual({ status: "failed", reason: "provider_down" });
});
