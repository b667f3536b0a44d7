import { execFileSync } from "node:child_process";
import { bearerMatches } from "../../lib/http/metrics.ts";
import { ensurePeers } from "../../scripts/machine/peers.ts";
import { freshEmail, PASSWORD } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { type Instance, startInstance } from "../support/server.ts";

// Metrics require the configured token; without one they are closed (LG, WB-08).

const TOKEN = "a-token-for-the-metrics-of-this-test";
test.use({ serverSettings: { METRICS_TOKEN: TOKEN } });

const ask = (server: Instance, authorization?: string, { method = "GET", query = "" } = {}) =>
  fetch(`${server.url}/api/metrics${query}`, { method, headers: authorization === undefined ? {} : { authorization } });

const WRONG = [
  undefined,
  "",
  "Bearer",
  "Bearer ",
  `Bearer ${TOKEN.slice(0, -1)}`,
  `Bearer ${TOKEN}x`,
  `Bearer ${TOKEN.toUpperCase()}`,
  `Bearer ${TOKEN} ${TOKEN}`,
  `Basic ${Buffer.from(`metrics:${TOKEN}`).toString("base64")}`,
  TOKEN,
];

test("Without the exact bearer token the answer is 401 and holds no figure.", async ({ server }) => {
  for (const authorization of WRONG) {
    const answer = await ask(server, authorization);
    expect(answer.status, String(authorization)).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(/sekisho_|process_/.test(await answer.text())).toBe(false);
  }
  expect((await ask(server, undefined, { query: `?token=${TOKEN}` })).status).toBe(401);
  expect((await ask(server, `Bearer ${TOKEN}`, { method: "POST" })).status).toBeGreaterThanOrEqual(400);
});

test("Every token, right or wrong, short or long, is compared by way of digests of one length, and an absent one never matches.", () => {
  expect(bearerMatches(`Bearer ${TOKEN}`, TOKEN)).toBe(true);
  expect(bearerMatches(`bearer ${TOKEN}`, TOKEN)).toBe(true);
  for (const wrong of [...WRONG, `Bearer ${"x".repeat(512)}`, `Bearer ${"x".repeat(513)}`]) expect(bearerMatches(wrong, TOKEN)).toBe(false);
  for (const header of [undefined, "", "Bearer ", "Bearer undefined", `Bearer ${TOKEN}`]) {
    expect(bearerMatches(header, undefined)).toBe(false);
    expect(bearerMatches(header, "")).toBe(false);
  }
  // No early return precedes the comparison.
  expect(bearerMatches.toString()).toContain("equalInConstantTime(given");
  expect(bearerMatches.toString().indexOf("return")).toBe(bearerMatches.toString().lastIndexOf("return"));
});

test("A server without METRICS_TOKEN has no metrics.", async () => {
  const without = await startInstance();
  try {
    for (const authorization of ["Bearer undefined", "Bearer ", `Bearer ${TOKEN}`])
      expect((await fetch(`${without.url}/api/metrics`, { headers: { authorization } })).status).toBe(404);
  } finally {
    await without.stop();
  }
});

// Go, in which Prometheus is written, reads Nan in any case.
const SAMPLE = /^[a-z_][a-z0-9_]*(?:\{[a-z_]+="[^"\n]*"(?:,[a-z_]+="[^"\n]*")*\})? (?:Nan|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

test("With the token the answer is Prometheus text: every sample of a declared metric, counters that grow, and nothing of any person.", async ({
  server,
}) => {
  const email = freshEmail();
  const json = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ identifier: email, password: PASSWORD }),
  };
  await fetch(`${server.url}/api/v1/sign-in?of=${email}`, json);
  const answer = await ask(server, `Bearer ${TOKEN}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(answer.headers.get("cache-control")).toContain("no-store");
  const text = await answer.text();
  expect(text.endsWith("\n")).toBe(true);
  const lines = text.split("\n").filter((line) => line !== "");
  const declared = lines.flatMap((line) => /^# TYPE ([a-z0-9_]+) (?:counter|gauge|histogram)$/.exec(line)?.[1] ?? []);
  expect(new Set(declared).size, "each metric is declared once").toBe(declared.length);
  for (const line of lines.filter((one) => !one.startsWith("#"))) {
    expect(line).toMatch(SAMPLE);
    const name = (/^[a-z0-9_]+/.exec(line)?.[0] ?? "").replace(/_(bucket|sum|count)$/, "");
    expect(declared, line).toContain(name);
  }
  expect(text).toMatch(/sekisho_http_requests_total\{family="api",status="4xx"\} [1-9]/);
  expect(text.includes(email) || text.includes("127.0.0.1") || text.includes("/api/v1/")).toBe(false);
});

test("The metrics have no fault that promtool finds.", async ({ server }) => {
  test.skip(!(await ensurePeers(["prometheus"])).includes("prometheus"), "promtool not installed");
  const text = await (await ask(server, `Bearer ${TOKEN}`)).text();
  expect(execFileSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] })).toBe("");
});

test("The buckets of a histogram only grow and end in its count.", async ({ server }) => {
  await fetch(`${server.url}/api/v1/session`);
  const text = await (await ask(server, `Bearer ${TOKEN}`)).text();
  const buckets = [...text.matchAll(/_bucket\{le="[^"]+",family="api"\} (\d+)/g)].map((match) => Number(match[1]));
  expect(buckets.length).toBeGreaterThan(5);
  expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
  expect(text).toContain(`sekisho_http_request_duration_seconds_count{family="api"} ${buckets.at(-1)}`);
});
