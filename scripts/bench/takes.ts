import { randomInt, randomUUID } from "node:crypto";
import { takeSendLimits } from "#lib/authenticators/phones/send-limits";
import { isUnavailable } from "#lib/db/pool";
import { sql, transaction } from "#lib/db/sql";
import { naming } from "#lib/limits/subject";

/** One instance that counts sends as fast as possible: all limits of a send to a proven number, one transaction per send. */

export type TakesOrder =
  | { do: "fill"; counted: number }
  | { do: "take"; seconds: number; concurrency: number }
  | { do: "burst"; sends: number };
export type TakesDone = { count: number; refused: number; slowest: number };

/** Spreads `counted` sends over the buckets and shards of the budgets, like a day of traffic. */
async function fill(counted: number): Promise<void> {
  const name = await naming();
  await take();
  for (const [policy, subject] of [
    ["sends_per_day", "all"],
    ["sends_per_country", "JP"],
  ] as const)
    await sql`
      UPDATE limit_rings SET totals = array_fill(${Math.ceil(counted / 61 / 16)}::int, ARRAY[61]), total = 61 * ${Math.ceil(counted / 61 / 16)}::int
      WHERE policy = ${policy} AND subject = ${name(`limit/${policy}`, subject)}`;
}

const take = () =>
  transaction((tx) => {
    const e164 = `+8190${randomInt(10_000_000, 99_999_999)}`;
    const sender = { userId: randomUUID(), ip: `198.51.${randomInt(256)}.${randomInt(256)}`, deviceId: null };
    return takeSendLimits(tx, { channel: "SMS", authenticatorId: randomUUID(), to: e164, country: "JP", proven: true }, sender);
  });

async function run(seconds: number, concurrency: number): Promise<TakesDone> {
  const until = performance.now() + seconds * 1000;
  let [count, refused, slowest] = [0, 0, 0];
  const lane = async () => {
    while (performance.now() < until) {
      const began = performance.now();
      if (await take()) refused += 1;
      count += 1;
      slowest = Math.max(slowest, performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { count, refused, slowest };
}

/** All sends at once: what of them the budget let through is `count` less `refused`. */
async function burst(sends: number): Promise<TakesDone> {
  const taken = await Promise.all(Array.from({ length: sends }, () => patiently()));
  return { count: sends, refused: taken.filter((refused) => refused).length, slowest: 0 };
}

/** Takes once, and again where the pool had no connection within its patience: that send was neither counted nor refused. */
async function patiently(): Promise<boolean> {
  for (;;) {
    try {
      return (await take()) !== null;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
  }
}

process.on("message", (order: TakesOrder) => {
  const work =
    order.do === "fill" ? fill(order.counted) : order.do === "burst" ? burst(order.sends) : run(order.seconds, order.concurrency);
  work.then(
    (done) => process.send?.({ done: done ?? {} }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
