import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A provider in its own process that speaks docs/webhook.md: it answers each text after a delay and records the arrivals. */

export type SinkOrder = { do: "delay"; milliseconds: number } | { do: "report" } | { do: "forget" };
/** Times are milliseconds since 1970 with their fraction, by recipient number. */
export type SinkReport = { arrived: number; copies: Record<string, number>; first: Record<string, number>; began: number; ended: number };

let delay = 0;
let report: SinkReport = fresh();

function fresh(): SinkReport {
  return { arrived: 0, copies: {}, first: {}, began: 0, ended: 0 };
}

const server = createServer((request, response) => {
  const at = performance.timeOrigin + performance.now();
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const { to } = JSON.parse(Buffer.concat(parts).toString()) as { to: string };
    report.arrived += 1;
    report.copies[to] = (report.copies[to] ?? 0) + 1;
    report.first[to] ??= at;
    report.began ||= at;
    report.ended = at;
    setTimeout(() => response.writeHead(202, { "content-type": "application/json" }).end(`{"id":"${report.arrived}"}`), delay);
  });
});

server.listen(0, "127.0.0.1", () => process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
server.keepAliveTimeout = 60_000;

process.on("message", (order: SinkOrder) => {
  if (order.do === "delay") delay = order.milliseconds;
  if (order.do === "forget") report = fresh();
  process.send?.({ report });
});
process.on("disconnect", () => process.exit(0));
