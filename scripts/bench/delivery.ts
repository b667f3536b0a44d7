import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, benchEnvironment, child, messageFrom } from "./processes.ts";
import type { SinkOrder, SinkReport } from "./sink.ts";
import { percentiles } from "./table.ts";
import type { TextsOrder } from "./texts.ts";

/** Measures delivery with a provider and workers in processes of their own. */

const ANSWERS_AFTER = 300;
const STREAM = 12_000;
const BACKLOG = 10_000;

async function openSink() {
  const sink = child("bench/sink.ts", {});
  const { url } = (await messageFrom(sink)) as { url: string };
  const ask = async (order: SinkOrder) => {
    sink.send(order);
    return ((await messageFrom(sink)) as { report: SinkReport }).report;
  };
  return { url, ask };
}
type Sink = Awaited<ReturnType<typeof openSink>>;

function openTexts(databaseUrl: string) {
  const texts = child("bench/texts.ts", { ...benchEnvironment, DATABASE_URL: databaseUrl });
  return async (order: TextsOrder): Promise<number> => {
    texts.send(order);
    const { count, error } = (await messageFrom(texts)) as { count?: number; error?: string };
    if (count === undefined) throw new Error(error);
    return count;
  };
}

/** Returns the resident megabytes of a process (proc(5)); NaN without /proc. */
function residentOf(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

const startWorker = (databaseUrl: string) =>
  child("commands/work.ts", { ...benchEnvironment, DATABASE_URL: databaseUrl, NODE_ENV: "production" });

async function kill(worker: ChildProcess): Promise<void> {
  const exit = once(worker, "exit");
  worker.kill("SIGKILL");
  await exit;
}

/** Waits until `wanted` different numbers have received a text; gives up after three minutes without a new one. */
async function arrivals(sink: Sink, wanted: number, watch: () => void = () => {}): Promise<SinkReport> {
  for (let last = 0, since = Date.now(); ; ) {
    const report = await sink.ask({ do: "report" });
    watch();
    const distinct = Object.keys(report.copies).length;
    if (distinct >= wanted) return report;
    if (distinct > last) [last, since] = [distinct, Date.now()];
    if (Date.now() - since > 180_000) throw new Error(`only ${distinct} of ${wanted} texts arrived`);
    await sleep(250);
  }
}

/** Measures the time from sending the password to the text's arrival at the provider's socket, one sign-in at a time on an idle machine. */
async function toSocket(bench: Bench, sink: Sink) {
  const texts = openTexts(bench.databaseUrl);
  await texts({ do: "account", url: sink.url });
  const times: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    await sink.ask({ do: "forget" });
    const { posted = {} } = await bench.load({ do: "passwords", url: bench.url });
    await sleep(300);
    const { first } = await sink.ask({ do: "report" });
    // The first round warms up.
    if (round > 0) for (const [to, at] of Object.entries(posted)) times.push((first[to] ?? Number.NaN) - at);
  }
  return { samples: times.length, ...percentiles(times) };
}

/** Measures one worker against a provider that answers in 300 ms: texts per second and growth of memory. */
async function stream(databaseUrl: string, sink: Sink) {
  const texts = openTexts(databaseUrl);
  await texts({ do: "account", url: sink.url, alone: true });
  await sink.ask({ do: "forget" });
  await sink.ask({ do: "delay", milliseconds: ANSWERS_AFTER });
  await texts({ do: "queue", count: STREAM, from: 0 });
  const worker = startWorker(databaseUrl);
  const resident: number[] = [];
  const report = await arrivals(sink, STREAM, () => resident.push(residentOf(worker.pid)));
  await sleep(1_000);
  await kill(worker);
  const at = (share: number) => Math.round(resident[Math.floor((resident.length - 1) * share)] ?? Number.NaN);
  return {
    perSecond: STREAM / ((report.ended - report.began) / 1000),
    copies: report.arrived - STREAM,
    /** Megabytes after each quarter of the texts. */
    memory: [at(0.25), at(0.5), at(0.75), at(1)],
  };
}

/** Kills a worker while ten thousand texts are queued, and counts arrivals, copies and the time to the last arrival. */
async function restart(databaseUrl: string, sink: Sink) {
  const texts = openTexts(databaseUrl);
  await sink.ask({ do: "forget" });
  await texts({ do: "queue", count: BACKLOG, from: STREAM });
  const first = startWorker(databaseUrl);
  await arrivals(sink, BACKLOG / 5);
  await kill(first);
  const killedAt = Date.now();
  startWorker(databaseUrl);
  const report = await arrivals(sink, BACKLOG);
  const seconds = (Date.now() - killedAt) / 1000;
  await sleep(2_000);
  const copies = Object.values(report.copies);
  return {
    lost: BACKLOG - copies.length,
    twice: copies.filter((n) => n === 2).length,
    more: copies.filter((n) => n > 2).length,
    seconds,
    left: await texts({ do: "left" }),
  };
}

/** Stops texts while two workers send ten thousand, and counts what the provider was given after the stop was committed. */
async function killSwitch(databaseUrl: string, sink: Sink) {
  const texts = openTexts(databaseUrl);
  await sink.ask({ do: "forget" });
  await texts({ do: "queue", count: BACKLOG, from: STREAM + BACKLOG });
  const workers = [startWorker(databaseUrl), startWorker(databaseUrl)];
  await arrivals(sink, BACKLOG / 5);
  await texts({ do: "stop" });
  const stoppedAt = Date.now();
  const atStop = (await sink.ask({ do: "report" })).arrived;
  await sleep(ANSWERS_AFTER + 5_000);
  const report = await sink.ask({ do: "report" });
  for (const worker of workers) await kill(worker);
  await texts({ do: "start" });
  return {
    sent: report.arrived,
    /** What was on its way when the stop was committed, and how long after it the last of that arrived. */
    after: report.arrived - atStop,
    lastAfterMs: Math.max(0, Math.round(report.ended - stoppedAt)),
  };
}

type MeasuredDelivery = Awaited<ReturnType<typeof measureDelivery>>;

/** Measures the latency to the socket, the throughput, the memory and the behaviour across a restart. */
export async function measureDelivery(bench: Bench) {
  const sink = await openSink();
  const socket = await toSocket(bench, sink);
  const database = await bench.another();
  return {
    socket,
    stream: await stream(database, sink),
    restart: await restart(database, sink),
    killSwitch: await killSwitch(database, sink),
  };
}

export function printDelivery({ socket, stream, restart, killSwitch }: MeasuredDelivery): void {
  console.log("\nDelivery");
  console.log(
    `  Password sent → text at the provider's socket, idle (n = ${socket.samples}): p50 ${socket.p50} ms, p95 ${socket.p95} ms, p99 ${socket.p99} ms`,
  );
  console.log(
    `  One worker, a provider that answers in ${ANSWERS_AFTER} ms: ${Math.round(stream.perSecond)} texts/s, ${stream.copies} sent twice`,
  );
  console.log(`  Memory of that worker after each quarter of ${STREAM} texts: ${stream.memory.join(", ")} MB`);
  console.log(
    `  ${BACKLOG} queued, worker killed in the middle: ${restart.lost} lost, ${restart.twice} twice, ${restart.more} more often; all there ${Math.round(restart.seconds)} s later, ${restart.left} left in the queue`,
  );
  console.log(
    `  Stopped while two workers send ${BACKLOG}: ${killSwitch.sent} had gone out, ${killSwitch.after} of them after the stop, the last one ${killSwitch.lastAfterMs} ms after it`,
  );
}
