import { request } from "node:https";
import { ensurePeers } from "../../scripts/machine/peers.ts";
import { freePort } from "../../scripts/machine/ports.ts";
import { type Caddy, startCaddy } from "../../scripts/test/caddy.ts";
import { PASSWORD } from "../support/api.ts";
import { expect, PRODUCTION, test } from "../support/fixtures.ts";
import { askAs } from "../support/plain.ts";
import { type Instance, startInstance } from "../support/server.ts";

// Behind the proxy of compose.yaml a sign-in goes from instance to instance, and the client's address is what the proxy saw, whatever the
// client writes (RL-03).

const TOKEN = "metrics-0123456789abcdef";
/** An address of this machine that belongs to no proxy. */
const CLIENT = "127.0.0.2";

let site: URL;
let instances: Instance[] = [];
let caddy: Caddy | undefined;

test.use({ serverSettings: {}, peopleBefore: 1 });
// Caddy needs the ports of its instances and they need its address, so a fixture cannot start them; the tests are skipped without Caddy.
test.beforeAll(async ({ database, people: _ }) => {
  const caddyRuns = process.platform === "linux" && (await ensurePeers(["caddy"])).includes("caddy");
  test.skip(!caddyRuns, "caddy not installed");
  site = new URL(`https://localhost:${await freePort()}`);
  const env = { ...PRODUCTION, APP_URL: site.origin, TRUSTED_PROXIES: "127.0.0.1", METRICS_TOKEN: TOKEN };
  instances = [await startInstance({ databaseUrl: database, env }), await startInstance({ databaseUrl: database, env })];
  caddy = await startCaddy(
    site.origin,
    instances.map(({ port }) => `127.0.0.1:${port}`),
  );
});
test.afterAll(async () => {
  await caddy?.stop();
  for (const instance of instances) await instance.stop();
});

/** Returns how many requests of a kind each instance has answered. */
const answered = (family: string) =>
  Promise.all(
    instances.map(async ({ port }) => {
      const { body } = await askAs(site.host, port, { path: "/api/metrics", headers: { authorization: `Bearer ${TOKEN}` } });
      const lines = body.split("\n").filter((line) => line.startsWith("sekisho_http_requests_total") && line.includes(`"${family}"`));
      return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    }),
  );

/** A call through the proxy from CLIENT, with a forged client address. */
const call = (method: string, path: string, cookies: Map<string, string>, json?: object): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { host: site.host, cookie, "x-forwarded-for": "203.0.113.7", ...(json ? { "content-type": "application/json" } : {}) };
    const connection = { host: "127.0.0.1", port: site.port, localAddress: CLIENT, servername: "localhost", ca: caddy?.authority };
    const asked = request({ ...connection, method, path: `/api/v1${path}`, headers }, async (answer) => {
      for (const line of answer.headers["set-cookie"] ?? []) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      resolve({ status: answer.statusCode ?? 0, body: (await answer.toArray()).join("") });
    });
    asked.on("error", reject);
    asked.end(json && JSON.stringify(json));
  });

test("A sign-in whose requests go to both instances in turn opens a session, and its address is the one that the proxy saw.", async ({
  rows,
  person,
}) => {
  const before = await answered("api");
  const cookies = new Map<string, string>();
  expect((await call("POST", "/sign-in", cookies, { identifier: person.email, password: PASSWORD })).status).toBe(200);
  for (let asked = 0; asked < 4; asked += 1) expect((await call("GET", "/challenge", cookies)).status).toBe(200);
  const answer = { method: "recovery_code", code: person.codes[3] };
  expect((await call("POST", "/challenge/verify", cookies, answer)).status).toBe(200);
  for (let asked = 0; asked < 4; asked += 1) expect((await call("GET", "/session", cookies)).status).toBe(200);
  const after = await answered("api");
  expect(after.map((count, at) => count - (before[at] ?? 0))).toEqual([5, 5]);

  expect(await rows.query("SELECT ip FROM sessions ORDER BY authenticated_at DESC LIMIT 1")).toEqual([{ ip: CLIENT }]);
  expect(await rows.count("SELECT count(*) FROM audit_events WHERE ip = '203.0.113.7'")).toBe(0);
});

test("A browser signs in by the forms through both instances, over the proxy's TLS.", async ({ browser, person }) => {
  const context = await browser.newContext({ baseURL: site.origin, ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.fill('[name="identifier"]', person.email);
  await page.fill('[name="password"]', PASSWORD);
  await page.locator('form:has([name="identifier"]) > button[type="submit"]').click();
  await page.waitForURL("**/verify");
  await page.goto("/verify?with=recovery_code");
  await page.fill('[name="code"]', person.codes[4] ?? "");
  await page.locator('form:has([name="code"]) > button[type="submit"]').click();
  await page.waitForURL("**/account");
  expect(Math.min(...(await answered("page")))).toBeGreaterThan(0);
  const names = (await context.cookies()).filter(({ secure }) => secure).map(({ name }) => name);
  expect(names).toContain("__Host-sekisho.session");
  await context.close();
});
