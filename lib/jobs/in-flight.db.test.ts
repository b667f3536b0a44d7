import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { addProviderAccount, setProviderAccountDisabled } from "#lib/delivery/provider-accounts/store";
import { tasks } from "#lib/jobs/tasks";
import { startWorker } from "#lib/jobs/worker";
import { makeAccount, must, passPassword } from "#lib/testing/fixtures";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";

/** A text whose provider has not answered yet is handed over once, even when leases expire meanwhile. */

const ANSWER_MS = 4_000;
let worker: Awaited<ReturnType<typeof startWorker>>;
let gateway: Loopback;

beforeAll(async () => {
  gateway = await loopback((arrived, response) => void sleep(ANSWER_MS).then(() => answers(202, { id: "m" })(arrived, response)));
  for (const name of ["demo", "demo-2"]) must(await setProviderAccountDisabled(name, true));
  must(
    await addProviderAccount({
      name: "slow",
      kind: "webhook",
      channels: ["sms"],
      order: 1,
      baseUrl: gateway.url,
      secrets: { secret: "s".repeat(32) },
    }),
  );
  const long = () => sleep(6_000);
  worker = await startWorker({ taskList: { ...tasks, long }, leaseSeconds: 2 });
});
beforeEach(() => void gateway.arrived.splice(0));
afterAll(async () => {
  await worker.stop();
  await gateway.close();
});

/** Waits until the gateway has received the text of a new challenge. */
async function textInFlight(): Promise<string> {
  const account = await makeAccount();
  await passPassword(account);
  await expect.poll(() => gateway.arrived.length, { timeout: 5_000, interval: 20 }).toBe(1);
  const [message] = await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${account.userId}::uuid`;
  return message?.id ?? "";
}
const stateOf = async (id: string) =>
  (await sql<{ status: string; tries: number }>`SELECT status, tries FROM messages WHERE id = ${id}::uuid`)[0];
const isSent = (id: string) => expect.poll(() => stateOf(id), { timeout: 15_000 }).toEqual({ status: "sent", tries: 1 });

describe("A text in flight is given to its provider once", () => {
  it("beside a job that is longer than the lease", async () => {
    await sql`SELECT graphile_worker.add_job('long')`;
    await sleep(1_000);
    await isSent(await textInFlight());
    await sleep(3_000);
    expect(gateway.arrived.length).toBe(1);
  });

  it("when its worker cannot reach the database, another one starts the job meanwhile, and the first comes back", async () => {
    const message = await textInFlight();
    // Does the same as another worker after the lease has expired; the job is then available and starts at once.
    const freed = await sql`
      UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL WHERE payload ->> 'messageId' = ${message} RETURNING id`;
    expect(freed.length).toBe(1);
    // The second run has read the message, has seen the hand-over of the first run, and reschedules itself.
    await expect.poll(() => sql`SELECT 1 FROM graphile_worker.jobs WHERE key = ${`send/${message}`}`, { timeout: 3_000 }).toHaveLength(1);
    await isSent(message);
    await sleep(4_000);
    expect(gateway.arrived.length).toBe(1);
    expect(await sql`SELECT 1 FROM graphile_worker._private_jobs WHERE payload ->> 'messageId' = ${message}`).toEqual([]);
  });
});
