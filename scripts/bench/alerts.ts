import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { onStop } from "../machine/stop.ts";
import { newDatabase, openTestCluster } from "../test/cluster.ts";
import type { Postgres } from "../test/distribution.ts";
import { benchEnvironment, child, messageFrom } from "./processes.ts";
import { formatTable, percentiles } from "./table.ts";
import type { TextsOrder } from "./texts.ts";

/** Measures the time from a gateway's first refused connection, under one text a second, to the alert by webhook and by mail. The worker is real. */

const ROUNDS = 20;
const TEXT_EVERY = 1_000;
/** No alert of one kind comes twice within an hour of the product's clock. */
const BETWEEN = 7_200;

/** Answers on a port of its own; `work` returns the status, or null to break the connection. */
async function listen(work: (body: string) => number | null): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const status = work(Buffer.concat(parts).toString());
      if (status === null) request.socket.destroy();
      else response.writeHead(status, { "content-type": "application/json" }).end('{"id":"1"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onStop(async () => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openTexts(databaseUrl: string) {
  const texts = child("bench/texts.ts", { ...benchEnvironment, DATABASE_URL: databaseUrl });
  return async (order: TextsOrder): Promise<void> => {
    texts.send(order);
    const { error } = (await messageFrom(texts)) as { error?: string };
    if (error) throw new Error(error);
  };
}

async function until<T>(found: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 6_000; tries += 1) {
    const value = await found();
    if (value !== undefined) return value;
    await sleep(50);
  }
  throw new Error("no alert within five minutes");
}

/** Twenty outages, each at another moment of the minute in which the worker looks; seconds from the first broken connection. */
export async function measureAlerts(postgres: Postgres) {
  const { url: maintenance, close } = await openTestCluster({ durable: true, postgres });
  onStop(close);
  const databaseUrl = await newDatabase(maintenance);
  const rows = new pg.Client({ connectionString: databaseUrl });
  await rows.connect();
  onStop(() => rows.end());
  const seen = { broken: 0, answered: 0, told: 0 };
  let down = false;
  const gateway = await listen(() => {
    if (!down) seen.answered = Date.now();
    else seen.broken ||= Date.now();
    return down ? null : 202;
  });
  const hook = await listen((body) => {
    const { event, kind } = JSON.parse(body) as { event: string; kind: string };
    if (event === "condition.begin" && kind === "provider_down") seen.told = Date.now();
    return 204;
  });
  const texts = await openTexts(databaseUrl);
  await texts({ do: "account", url: gateway, alone: true });
  const alerts = { ALERT_WEBHOOK_URL: hook, ALERT_WEBHOOK_SECRET: "bench".repeat(8), ALERT_MAIL_TO: "operator@example.jp" };
  child("commands/work.ts", { ...benchEnvironment, ...alerts, DATABASE_URL: databaseUrl, NODE_ENV: "production" });
  const mails = async () =>
    Number((await rows.query<{ n: string }>("SELECT count(*) AS n FROM demo_messages WHERE channel = 'EMAIL'")).rows[0]?.n ?? 0);
  let traffic = true;
  const sending = (async () => {
    for (let from = 0; traffic; from += 1) {
      await texts({ do: "queue", count: 1, from });
      await sleep(TEXT_EVERY);
    }
  })();
  const delays: { webhook: number; mail: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    Object.assign(seen, { broken: 0, answered: 0, told: 0 });
    down = false;
    await rows.query("UPDATE clock SET offset_seconds = $1", [round * BETWEEN]);
    await until(() => seen.answered || undefined);
    // Seven is prime to twenty, so that the moments of the minute come out of order.
    const moment = ((round * 7) % ROUNDS) * (60_000 / ROUNDS);
    await sleep((60_000 + moment - (Date.now() % 60_000)) % 60_000);
    down = true;
    const began = await until(() => seen.broken || undefined);
    const before = await mails();
    const told = await until(() => seen.told || undefined);
    const mailed = await until(async () => ((await mails()) > before ? Date.now() : undefined));
    delays.push({ webhook: (told - began) / 1000, mail: (mailed - began) / 1000 });
  }
  traffic = false;
  await sending;
  return delays;
}

export function printAlerts(delays: Awaited<ReturnType<typeof measureAlerts>>): void {
  console.log(`\nAlerts: seconds from the first broken connection to a gateway, of ${delays.length} outages\n`);
  const row = (name: "webhook" | "mail") => {
    const all = delays.map((one) => one[name]);
    return [name, percentiles(all).p50, Math.max(...all)];
  };
  console.log(formatTable([["alert by", "p50", "max"], row("webhook"), row("mail")]));
}
