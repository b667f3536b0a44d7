import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { equalInConstantTime } from "#lib/crypto/hash";
import { metricsText } from "#lib/health/metrics";
import type { Family } from "./policy.ts";

type Label = Family | "refused";

/** Returns true if an Authorization header carries the configured bearer token; false if none is configured. */
export function bearerMatches(header: string | undefined, token: string | undefined): boolean {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header ?? "")?.[1];
  return equalInConstantTime(given, token || undefined);
}

/** What a front door counts, told with the metrics of its process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #answers = new Counter({
    name: "sekisho_http_requests_total",
    help: "Answered requests",
    labelNames: ["family", "status"],
    registers: [this.#registry],
  });
  readonly #latency = new Histogram({
    name: "sekisho_http_request_duration_seconds",
    help: "From the arrival of a head to the end of its answer",
    labelNames: ["family"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.#registry],
  });
  readonly #inFlight = new Gauge({ name: "sekisho_http_requests_in_flight", help: "Requests at work", registers: [this.#registry] });

  /** Counts one answer; `seconds` from the arrival of the head to the end of the answer. */
  answered(family: Label, status: number, seconds: number): void {
    this.#answers.inc({ family, status: `${Math.floor(status / 100)}xx` });
    this.#latency.observe({ family }, seconds);
  }

  /** All metrics in the Prometheus text format 0.0.4. */
  text(inFlight: number): Promise<string> {
    this.#inFlight.set(inFlight);
    return metricsText(this.#registry);
  }
}
