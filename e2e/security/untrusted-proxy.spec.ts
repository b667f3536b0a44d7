import { expect, test } from "@playwright/test";
import { dropDatabase, newDatabase } from "../../scripts/test/cluster.ts";
import { askAs } from "../support/plain.ts";
import { program } from "../support/provider.ts";
import { clusterUrl, type Instance, startInstance } from "../support/server.ts";

// A proxy missing from TRUSTED_PROXIES makes all clients look like one: log, metrics and doctor report it, but not a visitor who sends such a
// header (RL-11, F18).

const HOST = "login.example.jp";
const TOKEN = "metrics-0123456789abcdef";
const PRODUCTION = { SEKISHO_MODE: "production", APP_URL: `https://${HOST}`, LISTEN_HOST: "127.0.0.1", METRICS_TOKEN: TOKEN };
let server: Instance;

test.beforeEach(async () => {
  server = await startInstance({ env: { ...PRODUCTION, TRUSTED_PROXIES: "none" }, databaseUrl: await newDatabase(clusterUrl()) });
});
test.afterEach(async () => {
  await server.stop();
  await dropDatabase(server.databaseUrl);
});

const ask = async (count: number, headers: Record<string, string> = {}) => {
  for (let asked = 0; asked < count; asked += 1)
    expect((await askAs(HOST, server.port, { path: "/api/v1/session", headers })).status).toBe(401);
};
const alerts = async () => {
  const { body } = await askAs(HOST, server.port, { path: "/api/metrics", headers: { authorization: `Bearer ${TOKEN}` } });
  return Number(/sekisho_alerts_total\{event="proxy\.untrusted"\} (\d+)/.exec(body)?.[1]);
};
const doctor = async (TRUSTED_PROXIES = "none", LANG = "C") =>
  (await program("scripts/commands/doctor.ts", server.databaseUrl, [], { ...PRODUCTION, TRUSTED_PROXIES, LANG })).out;

test("A proxy that is left out raises one alert a minute, and the doctor names it until it is trusted.", async () => {
  await ask(30, { "x-forwarded-for": "203.0.113.7" });
  await expect.poll(alerts).toBe(1);
  const lines = server
    .log()
    .split("\n")
    .filter((line) => line.includes("proxy.untrusted"));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "error", peer: "127.0.0.1", reason: "X-Forwarded-For", count: 10 });
  expect(await doctor()).toMatch(
    /✗ Nearly every request from 127\.0\.0\.1 carries X-Forwarded-For[\s\S]*add 127\.0\.0\.1 to TRUSTED_PROXIES/,
  );
  expect(await doctor("none", "ja")).toMatch(/✗ 127\.0\.0\.1 から届くほとんどのリクエスト[\s\S]*TRUSTED_PROXIES に加えて/);
  expect(await doctor("127.0.0.1")).not.toContain("TRUSTED_PROXIES");
});

test("A visitor who writes the header among others who do not raises no alert, and checks of health are not counted.", async () => {
  for (const header of ["x-forwarded-for", "forwarded", "x-real-ip"]) {
    await ask(5);
    await ask(10, { [header]: "203.0.113.7" });
  }
  for (let asked = 0; asked < 30; asked += 1)
    await askAs(HOST, server.port, { path: "/api/health/ready", headers: { "x-forwarded-for": "203.0.113.7" } });
  expect(await alerts()).toBe(0);
  expect(server.log()).not.toContain("proxy.untrusted");
  expect(await doctor()).not.toContain("TRUSTED_PROXIES");
});
