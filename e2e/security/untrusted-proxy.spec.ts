import { test as base, expect, HOST, PRODUCTION } from "../support/fixtures.ts";
import { askAs } from "../support/plain.ts";
import { program } from "../support/provider.ts";
import { type Instance, startInstance } from "../support/server.ts";

// A proxy missing from TRUSTED_PROXIES makes all clients look like one: log, metrics and doctor report it, but not a visitor who sends such a
// header (RL-11, F18).

const TOKEN = "metrics-0123456789abcdef";
const SETTINGS = { ...PRODUCTION, METRICS_TOKEN: TOKEN };

// A process counts its alerts and a database its proxies, so each test has its own.
const test = base.extend<{ own: Instance }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
  own: async ({}, use) => {
    const own = await startInstance({ env: SETTINGS });
    await use(own);
    await own.stop();
  },
});
const ask = async (own: Instance, count: number, headers: Record<string, string> = {}) => {
  for (let asked = 0; asked < count; asked += 1)
    expect((await askAs(HOST, own.port, { path: "/api/v1/session", headers })).status).toBe(401);
};
const alerts = async (own: Instance) => {
  const { body } = await askAs(HOST, own.port, { path: "/api/metrics", headers: { authorization: `Bearer ${TOKEN}` } });
  return Number(/sekisho_alerts_total\{event="proxy\.untrusted"\} (\d+)/.exec(body)?.[1]);
};
const doctor = async (own: Instance, TRUSTED_PROXIES = "none", LANG = "C") =>
  (await program("scripts/commands/doctor.ts", own.databaseUrl, [], { ...SETTINGS, TRUSTED_PROXIES, LANG })).out;

test("A proxy that is left out raises one alert a minute, and the doctor names it until it is trusted.", async ({ own }) => {
  await ask(own, 30, { "x-forwarded-for": "203.0.113.7" });
  await expect.poll(() => alerts(own)).toBe(1);
  const lines = own
    .log()
    .split("\n")
    .filter((line) => line.includes("proxy.untrusted"));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "error", peer: "127.0.0.1", reason: "X-Forwarded-For", count: 10 });
  expect(await doctor(own)).toMatch(
    /✗ Nearly every request from 127\.0\.0\.1 carries X-Forwarded-For[\s\S]*add 127\.0\.0\.1 to TRUSTED_PROXIES/,
  );
  expect(await doctor(own, "none", "ja")).toMatch(/✗ 127\.0\.0\.1 から届くほとんどのリクエスト[\s\S]*TRUSTED_PROXIES に加えて/);
  expect(await doctor(own, "127.0.0.1")).not.toContain("TRUSTED_PROXIES");
});

test("A visitor who writes the header among others who do not raises no alert, and checks of health are not counted.", async ({ own }) => {
  for (const header of ["x-forwarded-for", "forwarded", "x-real-ip"]) {
    await ask(own, 5);
    await ask(own, 10, { [header]: "203.0.113.7" });
  }
  for (let asked = 0; asked < 30; asked += 1)
    await askAs(HOST, own.port, { path: "/api/health/ready", headers: { "x-forwarded-for": "203.0.113.7" } });
  expect(await alerts(own)).toBe(0);
  expect(own.log()).not.toContain("proxy.untrusted");
  expect(await doctor(own)).not.toContain("TRUSTED_PROXIES");
});
