import { freshEmail, PASSWORD } from "../support/api.ts";
import { expect, HOST, PRODUCTION, test } from "../support/fixtures.ts";
import { askAs, type PlainRequest } from "../support/plain.ts";
import type { Rows } from "../support/rows.ts";
import { type Instance, startInstance } from "../support/server.ts";

// Production has none of the demo, binds cookies to the host over TLS, answers only APP_URL's host, and accepts client addresses only from the
// named proxy (CF, SE-01, RL-03, WB-08).

const ask = (from: Instance, asked: PlainRequest) => askAs(HOST, from.port, asked);

test.use({ serverSettings: { ...PRODUCTION, TRUSTED_PROXIES: "127.0.0.1/32" }, peopleBefore: 1 });

test("Production has neither the demo phone nor the demo calls.", async ({ server, rows }) => {
  for (const path of [
    "/demo",
    "/demo/phone",
    "/demo/ui",
    "/demo/phone?to=%2B819012345678",
    "/api/demo/messages",
    "/api/demo/messages?wait=20",
    "/api/demo",
  ])
    expect((await ask(server, { path })).status, path).toBe(404);
  const clock = await ask(server, { method: "POST", path: "/api/demo/clock", json: { offsetSeconds: 3600 } });
  expect(clock.status).toBe(404);
  expect(await rows.query("SELECT abs(extract(epoch FROM app_now() - now())) < 1 AS still")).toEqual([{ still: true }]);
});

test("No page shows the demo banner or leads to the demo phone.", async ({ server }) => {
  for (const path of ["/", "/sign-in", "/sign-up"]) {
    const { status, body } = await ask(server, { path });
    expect(status, path).toBe(200);
    expect(/デモモード|\/demo\/phone/.test(body), path).toBe(false);
  }
});

test("While the sign-up is closed the start page says so in place of its link.", async ({ server, rows }) => {
  const home = async () => (await ask(server, { path: "/" })).body;
  expect(await home()).toContain('href="/sign-up"');
  await rows.query("INSERT INTO policy_changes (name, value, by) VALUES ('publicSignUp', 'false', 'cli:test')");
  await expect.poll(home).toContain("いまは、新規登録を受け付けていません。");
  expect(await home()).not.toContain('href="/sign-up"');
  await rows.query("DELETE FROM policy_changes");
});

test("Cookies are __Host-, Secure, HttpOnly, SameSite, for the challenge and for the session; a demo cookie opens nothing.", async ({
  server,
  person,
}) => {
  const json = { identifier: person.email, password: PASSWORD };
  const opened = await ask(server, { method: "POST", path: "/api/v1/sign-in", json });
  expect(opened.status).toBe(200);
  expectBound(opened.cookies, "__Host-sekisho.challenge");
  const cookie = opened.cookies[0]?.split(";")[0] ?? "";
  const answer = { method: "recovery_code", code: person.codes[3] };
  const done = await ask(server, { method: "POST", path: "/api/v1/challenge/verify", json: answer, headers: { cookie } });
  expect(done.status, done.body).toBe(200);
  const session = done.cookies.filter((line) => line.startsWith("__Host-sekisho.session="));
  expectBound(session, "__Host-sekisho.session");
  const value = session[0]?.split(";")[0] ?? "";
  expect((await ask(server, { path: "/api/v1/session", headers: { cookie: value } })).status).toBe(200);
  expect((await ask(server, { path: "/api/v1/session", headers: { cookie: value.replace("__Host-", "") } })).status).toBe(401);
  const demo = [...person.client.cookies].map(([name, token]) => `${name}=${token}`).join("; ");
  expect((await ask(server, { path: "/api/v1/session", headers: { cookie: demo } })).status).toBe(401);
});

function expectBound(cookies: readonly string[], name: string): void {
  expect(cookies.length).toBeGreaterThan(0);
  for (const line of cookies) {
    expect(line.startsWith(`${name}=`), line.split("=")[0]).toBe(true);
    for (const attribute of [/; Path=\/(;|$)/i, /; Secure/i, /; HttpOnly/i, /; SameSite=(lax|strict)/i]) expect(line).toMatch(attribute);
    expect(line).not.toMatch(/; Domain=/i);
  }
}

test("Only the host of APP_URL is answered, and only its https origin may act.", async ({ server, person }) => {
  for (const host of [
    "localhost",
    `localhost:${server.port}`,
    `127.0.0.1:${server.port}`,
    "evil.example",
    `${HOST}.evil.example`,
    `${HOST}:${server.port}`,
  ])
    expect((await askAs(host, server.port, { path: "/sign-in" })).status, host).toBe(421);
  const json = { identifier: person.email, password: PASSWORD };
  for (const origin of [
    `http://${HOST}`,
    "https://evil.example",
    `https://${HOST}.evil.example`,
    "null",
    `http://localhost:${server.port}`,
  ]) {
    const answer = await ask(server, { method: "POST", path: "/api/v1/sign-in", json, headers: { origin } });
    expect([answer.status, answer.cookies], origin).toEqual([403, []]);
  }
});

test("Health answers without a host of ours, and says nothing else.", async ({ server }) => {
  for (const path of ["/api/health/live", "/api/health/ready"]) {
    const { status, body } = await askAs("10.0.0.5", server.port, { path });
    expect([status, body], path).toEqual([200, '{"status":"ok"}']);
  }
});

test("Sources, source maps and configuration are not served.", async ({ server }) => {
  for (const path of [
    "/.env",
    "/.git/HEAD",
    "/.git/config",
    "/.data/secrets.env",
    "/package.json",
    "/server.ts",
    "/lib/env.ts",
    "/.next/BUILD_ID",
    "/_next/BUILD_ID",
  ])
    expect((await ask(server, { path })).status, path).toBe(404);
  const { body } = await ask(server, { path: "/sign-in" });
  const scripts = [...new Set(body.match(/\/_next\/static\/[^"\\]+\.js/g))];
  expect(scripts.length).toBeGreaterThan(3);
  for (const path of scripts) {
    expect((await ask(server, { path: `${path}.map` })).status, path).toBe(404);
    expect((await ask(server, { path })).body.includes("sourceMappingURL"), path).toBe(false);
  }
});

/** Returns the address that the last wrong password of this program was recorded under. */
async function notedAddress(rows: Rows, from: Instance, headers: Record<string, string>): Promise<string> {
  const agent = `test ${freshEmail()}`;
  const json = { identifier: freshEmail(), password: PASSWORD };
  expect((await ask(from, { method: "POST", path: "/api/v1/sign-in", json, headers: { ...headers, "user-agent": agent } })).status).toBe(
    401,
  );
  const noted = await rows.query<{ ip: string }>("SELECT ip FROM audit_events WHERE user_agent = $1", agent);
  expect(noted).toHaveLength(1);
  return String(noted[0]?.ip);
}

test("X-Forwarded-For is believed from the trusted proxy alone, and only what that proxy added.", async ({ server, rows }) => {
  expect(await notedAddress(rows, server, { "x-forwarded-for": "203.0.113.7" })).toBe("203.0.113.7");
  expect(await notedAddress(rows, server, { "x-forwarded-for": "198.51.100.1, 203.0.113.7" })).toBe("203.0.113.7");
  expect(await notedAddress(rows, server, { "x-real-ip": "203.0.113.7", forwarded: "for=203.0.113.7" })).toBe("127.0.0.1");
  const elsewhere = await startInstance({ databaseUrl: server.databaseUrl, env: { ...PRODUCTION, TRUSTED_PROXIES: "10.0.0.0/8" } });
  try {
    expect(await notedAddress(rows, elsewhere, { "x-forwarded-for": "203.0.113.7" })).toBe("127.0.0.1");
  } finally {
    await elsewhere.stop();
  }
});

test("A text without a provider ends as failed and says so; a mail without a server is tried again; the worker lives on.", async ({
  server,
  rows,
  person,
}) => {
  const json = { identifier: person.email, password: PASSWORD };
  const opened = await ask(server, { method: "POST", path: "/api/v1/sign-in", json });
  const cookie = opened.cookies[0]?.split(";")[0] ?? "";
  const delivery = async () => JSON.parse((await ask(server, { path: "/api/v1/challenge", headers: { cookie } })).body).delivery;
  await expect.poll(delivery).toMatchObject({ method: "sms", status: "failed", reason: "provider_down" });

  const email = freshEmail();
  expect((await ask(server, { method: "POST", path: "/api/v1/sign-up", json: { email, password: PASSWORD } })).status).toBe(202);
  const job = async () =>
    (
      await rows.query<{ attempts: number; last_error: string }>(
        `SELECT j.attempts, j.last_error FROM graphile_worker._private_jobs j JOIN messages m ON m.id = (j.payload->>'messageId')::uuid
         JOIN challenges c ON c.id = m.challenge_id WHERE c.email = $1`,
        email,
      )
    )[0];
  await expect.poll(async () => (await job())?.attempts, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
  const error = (await job())?.last_error;
  expect(error).toContain("SMTP_URL");
  expect(error).not.toMatch(/@|\d{6}/);
  expect((await askAs(HOST, server.port, { path: "/api/health/ready" })).status).toBe(200);
  expect(server.log()).not.toMatch(/uncaught|unhandled/i);
});
