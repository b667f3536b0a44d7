import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Measured } from "#lib/health/judge";

const TOKEN = "a-token-for-the-metrics-of-this-test";
const { freePort } = await import("../../scripts/machine/ports.ts");
const port = await freePort();
Object.assign(process.env, { METRICS_TOKEN: TOKEN, METRICS_PORT: String(port) });

const { sql } = await import("#lib/db/sql");
const { conditionKinds } = await import("#lib/health/judge");
const { keepMeasured, lastMeasured, measure } = await import("#lib/health/measure");
const { metricsText } = await import("#lib/health/metrics");
const { keepConditions } = await import("#lib/health/watch");
const { Metrics } = await import("#lib/http/metrics");
const { serveMetrics } = await import("#lib/http/worker-metrics");

const measured: Measured = {
  down: [],
  delivered: [
    {
      name: "first",
      channel: "SMS",
      ended: 40,
      delivered: 38,
      usualEnded: 0,
      usualDelivered: 0,
      seconds: 4.5,
      usualSeconds: null,
    },
  ],
  silent: [],
  volume: [{ channel: "SMS", now: 44, usual: 30 }],
  destinations: [],
  blocks: [],
  budgets: [
    { name: "sends_per_day", subject: "", used: 90, max: 100 },
    { name: "sends_per_country", subject: "1", used: 10, max: 100 },
    { name: "sends_per_country", subject: "2", used: 55, max: 100 },
  ],
  late: 0,
  idle: 0,
  databaseMs: 12,
  cases: 2,
  certificateDays: 30,
  keyDays: 10,
  auditSilentHours: 1.5,
};

beforeEach(async () => {
  await sql`DELETE FROM health_measured`;
  await sql`DELETE FROM conditions`;
});

describe("The metrics of the database", () => {
  it("have no value of what was never measured, and then what a worker measured last", async () => {
    expect((await metricsText()).match(/^sekisho_(?:attempts|delivered|measured|budget|cases_waiting).*/gm)).toBeNull();
    await keepMeasured(measured);
    const text = await metricsText();
    for (const line of [
      'sekisho_attempts_last_hour{provider="first",channel="sms"} 40',
      'sekisho_delivered_last_hour{provider="first",channel="sms"} 38',
      'sekisho_delivery_p95_seconds{provider="first",channel="sms"} 4.5',
      'sekisho_sends_last_hour{channel="sms"} 44',
      'sekisho_budget_used_ratio{budget="sends_per_day"} 0.9',
      'sekisho_budget_used_ratio{budget="sends_per_country"} 0.55',
      "sekisho_database_statement_seconds 0.012",
      "sekisho_cases_waiting 2",
      "sekisho_audit_unverified_seconds 5400",
    ])
      expect(text).toContain(`${line}\n`);
  });

  it("keep one row, whatever was measured", async () => {
    await keepMeasured(await measure());
    await keepMeasured(measured);
    expect(await sql`SELECT count(*)::int AS n FROM health_measured`).toEqual([{ n: 1 }]);
    expect((await lastMeasured())?.measured).toEqual(measured);
  });

  it("say what is wrong at the moment by kind, 0 for what is well", async () => {
    await keepConditions([{ kind: "provider_down", subject: "first SMS", facts: {} }]);
    const text = await metricsText();
    expect(text).toContain('sekisho_conditions{kind="provider_down"} 1\n');
    for (const kind of conditionKinds.filter((one) => one !== "provider_down"))
      expect(text).toContain(`sekisho_conditions{kind="${kind}"} 0\n`);
    await keepConditions([]);
    expect(await metricsText()).toContain('sekisho_conditions{kind="provider_down"} 0\n');
  });

  it("have every name that the alert rules and the dashboard ask for, and a rule watches every kind of condition", async () => {
    const text = await new Metrics().text(0);
    const declared = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const [rules, dashboard] = ["alert-rules.yml", "grafana-dashboard.json"].map((file) => readFileSync(`deploy/${file}`, "utf8"));
    const asked = `${rules}${dashboard}`.matchAll(/\b((?:sekisho|process)_[a-z0-9_]+)\b/g);
    const names = new Set([...asked].map(([, name = ""]) => name.replace(/_bucket$/, "")));
    expect(names.size).toBeGreaterThan(15);
    expect([...names].filter((name) => !declared.has(name))).toEqual([]);
    // The share of a budget has rules of its own.
    expect(conditionKinds.filter((kind) => kind !== "budget_low" && !rules?.includes(kind))).toEqual([]);
  });
});

describe("A worker alone", () => {
  let stop: (() => Promise<void>) | null = null;
  beforeAll(async () => {
    stop = await serveMetrics();
  });
  afterAll(() => stop?.());
  const ask = (path: string, authorization?: string, method = "GET") =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers: authorization ? { authorization } : {} });

  it("serves its metrics with the token alone, the same figures of the database as an instance", async () => {
    await keepMeasured(measured);
    for (const wrong of [undefined, "Bearer ", `Bearer ${TOKEN}x`, TOKEN]) {
      const answer = await ask("/api/metrics", wrong);
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
      expect(await answer.text()).not.toContain("sekisho_");
    }
    const answer = await ask("/api/metrics", `Bearer ${TOKEN}`);
    expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
      "no-store",
    ]);
    const figures = (text: string) =>
      text.split("\n").filter((line) => /^sekisho_(?:attempts|delivered|sends|conditions|budget)/.test(line));
    expect(figures(await answer.text())).toEqual(figures(await new Metrics().text(0)));
  });

  it("says that it lives, and has nothing else", async () => {
    expect((await ask("/api/health/live")).status).toBe(200);
    expect((await ask("/api/metrics", `Bearer ${TOKEN}`, "POST")).status).toBe(404);
    for (const path of ["/", "/admin", "/api/v1/session", "/api/health/ready"])
      expect((await ask(path, `Bearer ${TOKEN}`)).status).toBe(404);
  });
});
