import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { SinkOrder, SinkReport } from "../../scripts/bench/sink.ts";
import type { TextsOrder } from "../../scripts/bench/texts.ts";
import { startCluster, stopCluster } from "../../scripts/machine/cluster.ts";
import { root } from "../../scripts/machine/place.ts";
import { newDatabase, type TestCluster } from "../../scripts/test/cluster.ts";
import { testEnvironment } from "../../scripts/test/environment.ts";
import { expect, test } from "../support/fixtures.ts";

// No text is lost, and a kill -9 at any point causes at most two copies of a code (RE-01, PV-02, K04).

const TEXTS = 300;
const children: ChildProcess[] = [];

function start(file: string, databaseUrl: string): ChildProcess {
  const { PATH = "", HOME = "", TMPDIR = "" } = process.env;
  const env = { PATH, HOME, TMPDIR, NODE_ENV: "production" as const, ...testEnvironment, LOG_LEVEL: "silent", DATABASE_URL: databaseUrl };
  const args = ["--disable-warning=ExperimentalWarning", join(root, "scripts", file)];
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  children.push(child);
  return child;
}

async function ask<Answer>(child: ChildProcess, order: SinkOrder | TextsOrder): Promise<Answer> {
  const answer = once(child, "message");
  child.send(order);
  return (await answer)[0] as Answer;
}

async function prepare(durableCluster: TestCluster) {
  const databaseUrl = await newDatabase(durableCluster.url);
  const sink = start("bench/sink.ts", databaseUrl);
  const [{ url }] = (await once(sink, "message")) as [{ url: string }];
  const texts = start("bench/texts.ts", databaseUrl);
  await ask(texts, { do: "account", url, alone: true });
  await ask(sink, { do: "delay", milliseconds: 150 });
  await ask(texts, { do: "queue", count: TEXTS, from: 0 });
  const report = async () => (await ask<{ report: SinkReport }>(sink, { do: "report" })).report;
  const arrived = (count: number) =>
    expect
      .poll(async () => Object.keys((await report()).copies).length, { timeout: 90_000, intervals: [20] })
      .toBeGreaterThanOrEqual(count);
  const left = async () => (await ask<{ count?: number }>(texts, { do: "left" })).count;
  return { databaseUrl, report, arrived, left };
}

async function expectAllOnceOrTwice({ report, arrived, left }: Awaited<ReturnType<typeof prepare>>) {
  await arrived(TEXTS);
  await expect.poll(left, { timeout: 60_000 }).toBe(0);
  const copies = Object.values((await report()).copies);
  expect(copies).toHaveLength(TEXTS);
  expect(Math.max(...copies)).toBeLessThanOrEqual(2);
}

test.afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

test("A worker killed in the middle of sending loses no text and sends none more than twice.", async ({ durableCluster }) => {
  test.setTimeout(150_000);
  const delivery = await prepare(durableCluster);
  for (const share of [0.1, 0.4]) {
    const worker = start("commands/work.ts", delivery.databaseUrl);
    await delivery.arrived(TEXTS * share);
    worker.kill("SIGKILL");
  }
  start("commands/work.ts", delivery.databaseUrl);
  await expectAllOnceOrTwice(delivery);
});

test("A database that restarts in the middle of sending loses no text and sends none more than twice.", async ({ durableCluster }) => {
  test.setTimeout(150_000);
  const delivery = await prepare(durableCluster);
  start("commands/work.ts", delivery.databaseUrl);
  await delivery.arrived(TEXTS * 0.2);
  await stopCluster(durableCluster.cluster, "immediate");
  await startCluster(durableCluster.cluster, durableCluster.port);
  await expectAllOnceOrTwice(delivery);
});
