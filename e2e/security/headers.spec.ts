import { type Answer, Client, freshEmail, PASSWORD, passPassword } from "../support/api.ts";
import { multipart } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import { actions, calls, pages } from "../support/surface.ts";

// Every answer has the security headers, whatever its requester and its outcome; no nonce repeats, and caches store no personal content (WB-04,
// I06).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const nonces = new Map<string, string>();

function expectProtected(answer: Answer, what: string): void {
  const of = (name: string) => answer.headers.get(name) ?? "";
  const policy = of("content-security-policy");
  for (const part of [
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "script-src 'self' 'nonce-",
  ])
    expect(policy, what).toContain(part);
  expect(policy, what).not.toMatch(/unsafe|\*|https?:/);
  expect(of("strict-transport-security"), what).toMatch(/max-age=(?:3[1-9]\d{6}|[4-9]\d{7}|\d{9,}); includeSubDomains/);
  expect(of("x-content-type-options"), what).toBe("nosniff");
  expect(of("x-frame-options"), what).toBe("DENY");
  expect(of("cross-origin-opener-policy"), what).toBe("same-origin");
  expect(of("cross-origin-resource-policy"), what).toBe("same-origin");
  expect(["same-origin", "no-referrer"], what).toContain(of("referrer-policy"));
  expect(of("permissions-policy"), what).toContain("camera=()");
  for (const name of ["x-powered-by", "server", "x-nextjs-cache", "access-control-allow-origin"])
    expect(answer.headers.get(name), `${what}: ${name}`).toBeNull();
  expect(of("cache-control"), what).toContain("no-store");
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
  expect(nonces.get(nonce), `${what} has the nonce of another answer`).toBeUndefined();
  nonces.set(nonce, what);
  for (const used of answer.text.match(/<script[^>]*>/g) ?? []) expect(used, what).toContain(`nonce="${nonce}"`);
}

/** Files of the build and of the public folder, and published keys, contain no personal data, so caches may keep them. */
const isFile = (path: string) => /\.(?:svg|ico|txt|webmanifest)$|\/jwks\.json$/.test(path);

test("Every page and call has the headers, as nobody, in the middle and signed in, by every method (I06).", async ({ server, person }) => {
  test.setTimeout(360_000);
  const pending = (await passPassword(person, new Client(server.url))).client;
  const seen = new Set<number>();
  for (const [who, client] of [
    ["nobody", new Client(server.url)],
    ["pending", pending],
    ["signed in", person.client],
  ] as const)
    for (const path of [
      ...pages(),
      ...calls().filter((one) => !isFile(one)),
      "/no-such-page",
      "/api/no-such-call",
      "/account/",
      "//",
      "/.env",
    ])
      for (const [method, body, headers] of [
        ["GET", undefined, {}],
        ["GET", undefined, { rsc: "1" }],
        ["HEAD", undefined, {}],
        ["POST", "{}", { origin: "https://evil.example" }],
        ["POST", "{", { origin: server.url }],
        ["POST", '{"code":1}', {}],
        ["POST", "code=1", { origin: server.url, "content-type": "text/plain" }],
        ["POST", "x".repeat(70_000), { origin: server.url }],
        ["PUT", "{}", { origin: server.url }],
        ["OPTIONS", undefined, { origin: "https://evil.example", "access-control-request-method": "POST" }],
      ] as const) {
        const answer = await client.clone().call(method, path, body, headers);
        seen.add(answer.status);
        expectProtected(answer, `${who}: ${method} ${path} → ${answer.status}`);
      }
  for (const status of [200, 307, 308, 400, 401, 403, 404, 405, 413, 415, 422]) expect([...seen], String(status)).toContain(status);
});

test("Every action has the headers, by form and by script (I06).", async ({ server }) => {
  for (const { id, name, pages: own } of actions())
    for (const page of own) {
      const form = multipart({ [`$ACTION_ID_${id}`]: "", locale: "ja" });
      expectProtected(
        await new Client(server.url).call("POST", page, form.body, { ...form.headers, origin: server.url }),
        `${name} at ${page} by form`,
      );
      const script = multipart([["0", '[{},"$K1"]']]);
      const headers = { ...script.headers, origin: server.url, "next-action": id };
      expectProtected(await new Client(server.url).call("POST", page, script.body, headers), `${name} at ${page} by script`);
    }
});

test("What fails on our side has the headers (I06).", async ({ server, rows }) => {
  const client = new Client(server.url);
  await client.post("/sign-up", { email: freshEmail(), password: PASSWORD });
  await rows.query("ALTER TABLE challenges RENAME TO challenges_gone");
  try {
    for (const path of ["/verify", "/api/v1/challenge", "/sign-up/phone"]) {
      const answer = await client.get(path);
      expect(answer.status, path).toBe(500);
      expectProtected(answer, `500 ${path}`);
    }
  } finally {
    await rows.query("ALTER TABLE challenges_gone RENAME TO challenges");
  }
});
