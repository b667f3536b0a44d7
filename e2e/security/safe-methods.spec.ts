import { Client, PASSWORD, type Person, passPassword } from "../support/api.ts";
import { multipart } from "../support/doors.ts";
import { test as base, expect } from "../support/fixtures.ts";
import { stepUp } from "../support/own-control.ts";
import { askAs } from "../support/plain.ts";
import type { Instance } from "../support/server.ts";
import { actions, calls, pages } from "../support/surface.ts";

// No GET, HEAD or OPTIONS request sends, locks, consumes or ends anything, and only POST, PATCH and DELETE change state (WB-02, I04).

const test = base.extend<object, { cookie: string }>({
  cookie: [
    async ({ server, rows, person }, use) => {
      for (const action of ["manage_factors", "change_password", "change_email", "delete_account"]) await stepUp(person, action);
      const pending = (await passPassword(person, new Client(server.url))).client;
      // One browser with a session and an open challenge, so that a request could change either.
      const cookie = [...person.client.cookies, ...pending.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      await rows.settled();
      await use(cookie);
    },
    { scope: "worker" },
  ],
});
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const ask = (server: Instance, cookie: string, method: string, path: string, headers: Record<string, string> = {}) =>
  askAs(`localhost:${server.port}`, server.port, { method, path, headers: { cookie, origin: server.url, ...headers } });

const meaning = (person: Person) =>
  new URLSearchParams({
    email: "a@example.jp",
    identifier: person.email,
    password: PASSWORD,
    code: "123456",
    method: "sms",
    saved: "on",
    locale: "en",
    token: "x",
    _method: "DELETE",
    csrfToken: "x",
    offsetSeconds: "1000",
  }).toString();

test("GET, HEAD and OPTIONS of every page and call, with and without a query that says what to do, change no row.", async ({
  server,
  rows,
  person,
  cookie,
}) => {
  const before = await rows.state();
  const extra = [
    "/sign-out",
    "/logout",
    "/api/auth/signout",
    "/api/auth/session?update=1",
    "/api/auth/csrf",
    "/api/auth/callback/email",
    "/api/health/ready",
  ];
  for (const path of [...pages(), ...calls(), ...extra])
    for (const method of ["GET", "HEAD", "OPTIONS"])
      for (const query of ["", `${path.includes("?") ? "&" : "?"}${meaning(person)}`]) {
        const answer = await ask(server, cookie, method, path + query);
        expect(answer.status, `${method} ${path}${query}`).toBeLessThan(500);
        // next-auth sets the same cookie again.
        const kept = cookie.split("; ").map((pair) => `${pair};`);
        const other = answer.cookies.filter(
          (line) => /^sekisho\.(session|challenge)/.test(line) && !kept.some((pair) => line.startsWith(pair)),
        );
        expect(other, path).toEqual([]);
      }
  expect(await rows.state()).toEqual(before);
});

test("GET and HEAD that name a server action in a header or in the query run none.", async ({ server, rows, person, cookie }) => {
  const before = await rows.state();
  for (const { id, name, pages: own } of actions())
    for (const page of own)
      for (const method of ["GET", "HEAD"]) {
        const answer = await ask(server, cookie, method, `${page}?$ACTION_ID_${id}=&${meaning(person)}`, {
          "next-action": id,
          accept: "text/x-component",
        });
        expect(answer.status, `${name} at ${page}`).toBeLessThan(500);
      }
  expect(await rows.state()).toEqual(before);
});

test("PUT, TRACE, PATCH where no call has it, and what overrides a method do nothing that POST or DELETE would.", async ({
  server,
  rows,
  cookie,
}) => {
  const before = await rows.state();
  for (const path of [...pages(), ...calls()])
    for (const method of ["PUT", "PATCH", "TRACE", "PROPFIND"])
      if (method !== "PATCH" || !/^\/api\/v1\/(?:phones|factors\/passkeys)\/x$/.test(path))
        expect((await ask(server, cookie, method, path)).status, `${method} ${path}`).toBe(405);
  for (const name of ["x-http-method-override", "x-http-method", "x-method-override"])
    expect((await ask(server, cookie, "GET", "/api/v1/session", { [name]: "DELETE" })).status, name).toBe(200);
  const { body, headers } = multipart({ _method: "DELETE" });
  const client = new Client(server.url);
  for (const part of cookie.split("; ")) client.cookies.set(part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1));
  for (const path of ["/api/v1/session", "/account"])
    expect((await client.call("POST", path, body, { ...headers, origin: server.url })).status, path).toBeGreaterThanOrEqual(400);
  expect(await rows.state()).toEqual(before);
});
