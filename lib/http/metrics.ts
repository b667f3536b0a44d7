import { monitorEventLoopDelay } from "node:perf_hooks";
import { ALERTS, alertCounts } from "#lib/alert";
import { equalInConstantTime } from "#lib/crypto/hash";
import { poolWaits } from "#lib/db/pool-watch";
import { lostCounts } from "#lib/delivery/messages/lost-receipts";
import type { Family } from "./policy.ts";

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
type Label = Family | "refused";
interface Series {
  count: number;
  seconds: number;
  buckets: number[];
}

/** Returns true if an Authorization header carries the configured bearer token; false if none is configured. */
export function bearerMatches(header: string | undefined, token: string | undefined): boolean {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header ?? "")?.[1];
  return equalInConstantTime(given, token || undefined);
}

/** Counters of one process, written out in the Prometheus text format 0.0.4. */
export class Metrics {
  readonly #answers = new Map<string, number>();
  readonly #latency = new Map<Label, Series>();
  readonly #loop = monitorEventLoopDelay({ resolution: 20 });
  readonly #startedAt = Date.now() / 1000 - process.uptime();

  constructor() {
    this.#loop.enable();
  }

  /** Counts one answer; `seconds` from the arrival of the head to the end of the answer. */
  answered(family: Label, status: number, seconds: number): void {
    const key = `family="${family}",status="${Math.floor(status / 100)}xx"`;
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
    const series = this.#latency.get(family) ?? { count: 0, seconds: 0, buckets: BUCKETS.map(() => 0) };
    series.count += 1;
    series.seconds += seconds;
    BUCKETS.forEach((limit, at) => {
      if (seconds <= limit) series.buckets[at] = (series.buckets[at] ?? 0) + 1;
    });
    this.#latency.set(family, series);
  }

  /** `more` are metric lines from other sources, including their declarations. */
  text(inFlight: number, more: readonly string[] = []): string {
    const cpu = process.cpuUsage();
    const gauges: [string, string, number][] = [
      ["process_start_time_seconds", "gauge", this.#startedAt],
      ["process_resident_memory_bytes", "gauge", process.memoryUsage.rss()],
      ["process_cpu_seconds_total", "counter", (cpu.user + cpu.system) / 1e6],
      ["nodejs_eventloop_lag_p99_seconds", "gauge", this.#loop.percentile(99) / 1e9],
      ["sekisho_http_requests_in_flight", "gauge", inFlight],
    ];
    const lines = gauges.flatMap(([name, type, value]) => [`# TYPE ${name} ${type}`, `${name} ${Number.isFinite(value) ? value : 0}`]);
    lines.push("# TYPE sekisho_alerts_total counter");
    for (const event of ALERTS) lines.push(`sekisho_alerts_total{event="${event}"} ${alertCounts().get(event) ?? 0}`);
    lines.push("# TYPE sekisho_pool_waiting gauge");
    for (const [pool, waiting] of poolWaits()) lines.push(`sekisho_pool_waiting{pool="${pool}"} ${waiting}`);
    lines.push(...more);
    lines.push("# TYPE sekisho_receipts_lost_total counter");
    for (const [reason, count] of lostCounts()) lines.push(`sekisho_receipts_lost_total{reason="${reason}"} ${count}`);
    lines.push("# TYPE sekisho_http_requests_total counter");
    for (const [labels, count] of this.#answers) lines.push(`sekisho_http_requests_total{${labels}} ${count}`);
    lines.push("# TYPE sekisho_http_request_duration_seconds histogram");
    for (const [family, series] of this.#latency) lines.push(...this.#histogram(family, series));
    return `${lines.join("\n")}\n`;
  }

  #histogram(family: Label, series: Series): string[] {
    const name = "sekisho_http_request_duration_seconds";
    return [
      ...BUCKETS.map((limit, at) => `${name}_bucket{family="${family}",le="${limit}"} ${series.buckets[at] ?? 0}`),
      `${name}_bucket{family="${family}",le="+Inf"} ${series.count}`,
      `${name}_sum{family="${family}"} ${series.seconds}`,
      `${name}_count{family="${family}"} ${series.count}`,
    ];
  }
}
