import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { ALERTS, alertCounts } from "#lib/alert";
import { clockAhead } from "#lib/db/clock-ahead";
import { poolWaits } from "#lib/db/pool-watch";
import { sql } from "#lib/db/sql";
import { lostCounts } from "#lib/delivery/messages/lost-receipts";
import { listStops } from "#lib/delivery/stops";
import { conditionKinds, type Measured } from "#lib/health/judge";
import { lastMeasured, queue } from "#lib/health/measure";
import { readFactorCounts } from "#lib/policy/factor-counts";
import { requestContext } from "#lib/request";
import { singleton } from "#lib/singleton";

/** What an instance and a worker alone tell Prometheus: figures of the process, and figures of the database, which are the same from each of them. */

type Value = [labels: Record<string, string>, value: number];
type Description = { name: string; help: string; labelNames?: string[] };

/** A metric whose values are read at each scrape; what cannot be read is left out, because 0 would be a guess. */
function gauge(registry: Registry, description: Description, read: () => Value[] | Promise<Value[]>): void {
  new Gauge({
    ...description,
    registers: [registry],
    async collect() {
      this.reset();
      const values = await Promise.resolve()
        .then(read)
        .catch(() => []);
      // A reset gauge without labels is 0.
      if (values.length === 0 && !description.labelNames) this.remove();
      for (const [labels, value] of values) this.set(labels, value);
    },
  });
}

/** A counter that is kept elsewhere in this process. */
function counter(registry: Registry, description: Description, read: () => Value[]): void {
  new Counter({
    ...description,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}

/** One reading for the gauges of a scrape, which ask at once. */
function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | null = null;
  return () => {
    current ??= read().finally(() => {
      current = null;
    });
    return current;
  };
}

function ofProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  // These gauges are named like counters, which promtool refuses.
  for (const name of ["handles", "requests", "resources"]) registry.removeSingleMetric(`nodejs_active_${name}_total`);
  counter(registry, { name: "sekisho_alerts_total", help: "Alerts that this process raised", labelNames: ["event"] }, () =>
    ALERTS.map((event) => [{ event }, alertCounts().get(event) ?? 0]),
  );
  counter(
    registry,
    { name: "sekisho_receipts_lost_total", help: "Delivery receipts that changed nothing in this process", labelNames: ["reason"] },
    () => lostCounts().map(([reason, count]) => [{ reason }, count]),
  );
  gauge(
    registry,
    { name: "sekisho_pool_waiting", help: "Calls of this process that wait for a connection of the database", labelNames: ["pool"] },
    () => [...poolWaits()].map(([pool, waiting]) => [{ pool }, waiting]),
  );
}

function ofDatabase(registry: Registry): void {
  gauge(registry, { name: "sekisho_sending_stops", help: "Active stops of sending", labelNames: ["channel"] }, async () => {
    const stops = await listStops();
    return (["SMS", "VOICE", "EMAIL"] as const).map((channel) => [
      { channel: channel.toLowerCase() },
      stops.filter((stop) => stop.channel === channel).length,
    ]);
  });
  gauge(
    registry,
    { name: "sekisho_database_clock_ahead_seconds", help: "How far the clock of the database is ahead of this process's" },
    async () => [[{}, await clockAhead()]],
  );

  const factors = shared(readFactorCounts);
  const counts = (of: Record<string, number> | undefined, label: string): Value[] =>
    Object.entries(of ?? {}).map(([name, count]) => [{ [label]: name }, count]);
  gauge(
    registry,
    { name: "sekisho_factor_uses_30_days", help: "Proofs of second factors within thirty days", labelNames: ["method"] },
    async () => counts((await factors()).uses?.counts, "method"),
  );
  gauge(registry, { name: "sekisho_accounts", help: "Accounts by the working factors that they have", labelNames: ["factors"] }, async () =>
    counts((await factors()).accounts?.counts, "factors"),
  );

  const waiting = shared(queue);
  gauge(registry, { name: "sekisho_texts_late", help: "Texts that have waited a minute and more for a worker" }, async () => [
    [{}, (await waiting()).late],
  ]);
  gauge(registry, { name: "sekisho_worker_idle_seconds", help: "Seconds since a worker ran the job of every minute" }, async () => [
    [{}, (await waiting()).idle],
  ]);

  gauge(registry, { name: "sekisho_conditions", help: "What is wrong at the moment", labelNames: ["kind"] }, async () => {
    const rows = await sql<{
      kind: string;
      n: number;
    }>`SELECT kind, count(*)::int AS n FROM conditions WHERE ended_at IS NULL GROUP BY kind`;
    return conditionKinds.map((kind) => [{ kind }, rows.find((row) => row.kind === kind)?.n ?? 0]);
  });
  gauge(
    registry,
    {
      name: "sekisho_provider_down",
      help: "Whether the circuit breaker of a provider account is open",
      labelNames: ["provider", "channel"],
    },
    async () => {
      const rows = await sql<{ provider: string; channel: string; down: number }>`
        SELECT p.name AS provider, lower(h.channel::text) AS channel, (coalesce(h.down_until > app_now(), false))::int AS down
        FROM provider_health h JOIN provider_accounts p ON p.id = h.account_id WHERE p.disabled_at IS NULL`;
      return rows.map(({ provider, channel, down }) => [{ provider, channel }, down]);
    },
  );
  gauge(registry, { name: "sekisho_recovery_cases", help: "Open lost-phone cases", labelNames: ["state"] }, async () => {
    const rows = await sql<{
      state: string;
      n: number;
    }>`SELECT state, count(*)::int AS n FROM recovery_cases WHERE ended_at IS NULL GROUP BY state`;
    return rows.map(({ state, n }) => [{ state }, n]);
  });
  gauge(registry, { name: "sekisho_today", help: "What was counted today (Asia/Tokyo)", labelNames: ["figure"] }, async () => {
    const [row] = await sql<Record<string, number>>`
      SELECT sign_ups, sign_ins, asked, proven, sent, delivered, undelivered FROM daily_figures
      WHERE day = (app_now() AT TIME ZONE 'Asia/Tokyo')::date`;
    const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return Object.entries(row ?? {}).map(([figure, n]) => [{ figure: snake(figure) }, n]);
  });
  ofMeasurement(registry);
}

/** What the job of every minute measured: a scrape reads one row, however large the tables are. */
function ofMeasurement(registry: Registry): void {
  const last = shared(lastMeasured);
  const measured = (description: Description, read: (of: Measured) => Value[]) =>
    gauge(registry, description, async () => {
      const found = await last();
      return found ? read(found.measured) : [];
    });
  gauge(registry, { name: "sekisho_measured_timestamp_seconds", help: "When a worker last measured, Unix time" }, async () => {
    const found = await last();
    return found ? [[{}, found.at.getTime() / 1000]] : [];
  });
  const byAccount = (of: Measured, value: (one: Measured["delivered"][number]) => number | null): Value[] =>
    of.delivered.flatMap((account): Value[] => {
      const found = value(account);
      return found === null ? [] : [[{ provider: account.name, channel: account.channel.toLowerCase() }, found]];
    });
  const labelNames = ["provider", "channel"];
  measured({ name: "sekisho_attempts_last_hour", help: "Attempts of the last hour, but its last ten minutes", labelNames }, (of) =>
    byAccount(of, ({ ended }) => ended),
  );
  measured({ name: "sekisho_delivered_last_hour", help: "How many of sekisho_attempts_last_hour were delivered", labelNames }, (of) =>
    byAccount(of, ({ delivered }) => delivered),
  );
  measured({ name: "sekisho_delivery_p95_seconds", help: "Seconds until delivery in the last hour, 95th percentile", labelNames }, (of) =>
    byAccount(of, ({ seconds }) => seconds),
  );
  measured({ name: "sekisho_sends_last_hour", help: "Texts and calls of the last hour", labelNames: ["channel"] }, (of) =>
    of.volume.map(({ channel, now }) => [{ channel: channel.toLowerCase() }, now]),
  );
  measured(
    { name: "sekisho_budget_used_ratio", help: "The used share of a budget, the most of its subjects", labelNames: ["budget"] },
    (of) => {
      const most = new Map<string, number>();
      for (const { name, used, max } of of.budgets) most.set(name, Math.max(most.get(name) ?? 0, max > 0 ? used / max : 1));
      return [...most].map(([budget, ratio]) => [{ budget }, ratio]);
    },
  );
  measured({ name: "sekisho_database_statement_seconds", help: "The slowest of three statements like those of a sign-in" }, (of) => [
    [{}, of.databaseMs / 1000],
  ]);
  measured({ name: "sekisho_cases_waiting", help: "Lost-phone cases that have waited a day for staff" }, (of) => [[{}, of.cases]]);
  measured({ name: "sekisho_audit_unverified_seconds", help: "Seconds since the whole audit log was verified" }, (of) =>
    of.auditSilentHours === null ? [] : [[{}, of.auditSilentHours * 3600]],
  );
}

const registry = () =>
  singleton("metrics", () => {
    const made = new Registry();
    ofProcess(made);
    ofDatabase(made);
    return made;
  });

/** The metrics of the process and of the database in the Prometheus text format 0.0.4, with those of `own`. */
export async function metricsText(own: Registry = new Registry()): Promise<string> {
  const text = await Registry.merge([own, registry()]).metrics();
  // The metrics of the process are served without a database too, without a 503.
  const context = requestContext();
  if (context) context.databaseUnavailable = false;
  return text;
}
