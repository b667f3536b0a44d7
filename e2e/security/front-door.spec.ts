import { expect, test } from "@playwright/test";
import { ask, baseUrl, request, speak } from "../support/raw.ts";

const { host, origin, port } = baseUrl();
const FORM_TYPE = { "Content-Type": "application/x-www-form-urlencoded" };

test.describe("Host (I10): exactly one, and ours", () => {
  const odd = [
    "evil.example",
    `evil.example:${port}`,
    `${host}.evil.example`,
    `user@${host}`,
    `${host}/`,
    "127.0.0.1:1",
    "[::1]",
    "",
    `${host}, evil.example`,
  ];
  for (const value of odd) {
    test(`Host "${value}" is refused and never repeated.`, async () => {
      const answer = await ask("GET", "/sign-in", { Host: value });
      expect([400, 421]).toContain(answer.status);
      expect(answer.body + JSON.stringify(answer.headers)).not.toContain("evil.example");
    });
  }
  test("Two Hosts, or none, are refused.", async () => {
    expect((await ask("GET", "/sign-in", { Host: [host, "evil.example"] })).status).toBe(400);
    expect((await ask("GET", "/sign-in", { Host: ["evil.example", host] })).status).toBe(400);
    expect((await ask("GET", "/sign-in", { Host: null })).status).toBe(400);
  });
  test("An absolute-form target is refused, even for our own host, and so is one that upgrades.", async () => {
    for (const target of [`http://evil.example/sign-in`, `${origin}/sign-in`, "//evil.example/sign-in", "*"]) {
      expect((await ask("GET", target)).status).toBe(400);
      expect((await ask("GET", target, { Connection: "Upgrade", Upgrade: "websocket" })).status).toBe(400);
    }
  });
  test("Health may be asked by a balancer that knows only our address.", async () => {
    expect((await ask("GET", "/api/health/live", { Host: "10.0.0.7:3000" })).status).toBe(200);
    expect((await ask("POST", "/api/health/live", { Host: "10.0.0.7:3000" })).status).toBe(421);
  });
});

test("Forged X-Forwarded-*, Forwarded and X-Real-IP headers decide nothing: no answer speaks of them (WB-07).", async () => {
  const forged = {
    ...{ "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444", "X-Forwarded-For": "203.0.113.9" },
    ...{
      Forwarded: "host=evil.example;proto=https;for=203.0.113.9",
      "X-Real-IP": "203.0.113.9",
      "X-Original-URL": "/account",
      "X-Nonce": "forged",
    },
    ...{
      "Content-Security-Policy": "script-src 'nonce-forged'",
      "X-Middleware-Subrequest": "middleware:middleware",
      "X-Sekisho-Internal": "x",
    },
  };
  for (const path of ["/sign-in", "/account", "/api/auth/session", "/sign-in/", "/api/v1/session"]) {
    const answer = await ask("GET", path, forged);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body + JSON.stringify(answer.headers)).not.toMatch(/evil\.example|203\.0\.113\.9|forged|:444/);
  }
});

test("A forged X-Forwarded-Host does not make a foreign Origin acceptable to an action.", async () => {
  expect(
    (await ask("POST", "/sign-in", { Origin: "https://evil.example", "X-Forwarded-Host": "evil.example", ...FORM_TYPE }, "a=b")).status,
  ).toBe(403);
});

test("Methods (I04): only GET, HEAD, POST, and PATCH and DELETE at calls; nothing overrides one; OPTIONS grants no other origin anything.", async () => {
  for (const method of ["PUT", "PATCH", "TRACE", "PROPFIND", "LOCK"]) {
    const answer = await ask(method, "/sign-in");
    expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD, POST, OPTIONS"]);
  }
  expect((await ask("PUT", "/api/v1/session")).headers.allow).toBe("GET, HEAD, POST, PATCH, DELETE, OPTIONS");
  expect((await speak(request("CONNECT", "evil.example:443")))[0]?.status).toBe(405);
  const options = await ask("OPTIONS", "/api/v1/session", { Origin: "https://evil.example", "Access-Control-Request-Method": "POST" });
  expect(options.status).toBe(204);
  expect(Object.keys(options.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  expect((await ask("GET", "/sign-in", { "Next-Action": "0".repeat(42), "X-HTTP-Method-Override": "POST" })).status).toBeLessThan(500);
  for (const method of ["GET", "HEAD"]) expect((await ask(method, "/sign-in", { "Content-Length": "3" }, "a=b")).status).toBe(400);
});

test("What a client asks of a file beside its name makes no error of ours.", async () => {
  const script = /\/_next\/static\/[^"]+\.js/.exec((await ask("GET", "/sign-in")).body)?.[0] ?? "";
  for (const path of [script, "/.well-known/security.txt"]) {
    const odd: Record<string, string>[] = [
      { Range: "bytes=999999999-" },
      { Range: "bytes=0-1,1-2", "If-Range": '"x"' },
      { "If-Match": '"x"' },
      { "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT" },
    ];
    for (const headers of odd) expect((await ask("GET", path, headers)).status, `${path} ${Object.keys(headers)}`).toBe(200);
    expect((await ask("GET", path, { "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT" })).status, path).toBe(304);
    for (const method of ["DELETE", "POST"])
      expect((await ask(method, path, { Origin: origin, "Content-Length": "0" })).status, `${method} ${path}`).toBeLessThan(500);
  }
});

test("No upgrade is ever granted (I18): a WebSocket handshake is refused and the answer is HTTP.", async () => {
  const handshake = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    Origin: origin,
  };
  for (const path of ["/_next/webpack-hmr", "/", "/sign-in"]) expect((await ask("GET", path, handshake)).status).toBe(400);
  const h2c = await ask("GET", "/api/health/live", {
    Connection: "close, Upgrade, HTTP2-Settings",
    Upgrade: "h2c",
    "HTTP2-Settings": "AAMAAABkAAQAAP__",
  });
  expect(h2c.status).toBe(200);
});

test("Development and framework surface is absent, and a path has one spelling (I02, I18).", async () => {
  for (const path of [
    "/_next/image?url=http://evil.example/a.svg&w=64&q=75",
    "/_next/webpack-hmr",
    "/__nextjs_original-stack-frame",
    "/_next/static/chunks/main.js.map",
    "/.env",
    "/.git/config",
    "/_next/data/x/sign-in.json",
  ])
    expect((await ask("GET", path)).status, path).toBe(404);
  for (const path of [
    "/sign%2din",
    "/%61ccount",
    "/a%2fb",
    "/a%5cb",
    "/a\\b",
    "/a//b",
    "/a/../account",
    "/a/%2e%2e/account",
    "/a%00",
    "/a%zz",
    "/a%ff",
    "/a%0d%0ab",
    "/sign-in?q=%00",
    "/a%252fb",
  ])
    expect((await ask("GET", path)).status, path).toBe(400);
  expect((await ask("GET", `/${"a".repeat(9000)}`)).status).toBe(414);
});
