import { generateKeyPairSync, sign } from "node:crypto";
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { ensurePeers } from "../../scripts/machine/peers.ts";
import { freePort } from "../../scripts/machine/ports.ts";
import { type Caddy, startCaddy } from "../../scripts/test/caddy.ts";
import { PASSWORD } from "../support/api.ts";
import { expect, PRODUCTION, test } from "../support/fixtures.ts";
import { type Guarded, type ProxyName, proxies, startGuarded } from "../support/forward-auth.ts";
import { type Instance, startInstance } from "../support/server.ts";

// Behind nginx, Caddy, HAProxy and Apache, configured as the documents say, an unchanged PHP application knows who a person is, and no header of a
// client changes that.

let site: URL;
let instance: Instance;
let caddy: Caddy | undefined;
let guarded: Guarded;
let codes: string[] = [];

test.use({ serverSettings: {}, peopleBefore: 1 });
test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ database, people, rows }) => {
  const needed = ["caddy", "nginx", "haproxy", "apache", "php", "openssl"] as const;
  const there = process.platform === "linux" ? await ensurePeers([...needed]) : [];
  test.skip(there.length < needed.length, `not installed: ${needed.filter((one) => !there.includes(one)).join(", ")}`);
  site = new URL(`https://localhost:${await freePort()}`);
  instance = await startInstance({ databaseUrl: database, env: { ...PRODUCTION, APP_URL: site.origin, TRUSTED_PROXIES: "127.0.0.1" } });
  caddy = await startCaddy(site.origin, [`127.0.0.1:${instance.port}`]);
  guarded = await startGuarded({ sekisho: instance.port, origin: site.origin });
  for (const host of Object.values(guarded.hosts))
    await rows.query(`INSERT INTO sites (host, level, levels) VALUES ('${host}', 'aal1', '{"/admin": "passkey"}')`);
  codes = people[0]?.codes.slice(2) ?? [];
});
test.afterAll(async () => {
  await guarded?.stop();
  await caddy?.stop();
  await instance?.stop();
});

type Answer = { status: number; location: string; body: string; cookies: string[] };
type Lines = [name: string, value: string][];

/** A browser without a screen: cookies by host, and requests whose header lines are sent as they are given. */
class Visitor {
  readonly jars = new Map<string, Map<string, string>>();

  jar(host: string) {
    const jar = this.jars.get(host) ?? new Map<string, string>();
    this.jars.set(host, jar);
    return jar;
  }

  ask(
    host: string,
    path: string,
    { lines = [], method = "GET", json, named = host }: { lines?: Lines; method?: string; json?: object; named?: string } = {},
  ): Promise<Answer> {
    const jar = this.jar(named);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = [
      ["Host", named],
      ...(cookie ? [["Cookie", cookie]] : []),
      ...(json ? [["Content-Type", "application/json"]] : []),
      ...lines,
    ].flat();
    const [name = "", port = "443"] = host.split(":");
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: "127.0.0.1", port, servername: name, rejectUnauthorized: false, method, path, headers, agent: false },
        async (answer) => {
          const cookies = answer.headers["set-cookie"] ?? [];
          for (const line of cookies) {
            const [, key = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
            jar.set(key, value);
          }
          resolve({
            status: answer.statusCode ?? 0,
            location: answer.headers.location ?? "",
            body: (await answer.toArray()).join(""),
            cookies,
          });
        },
      );
      asked.on("error", reject);
      asked.end(json && JSON.stringify(json));
    });
  }

  page(host: string, path: string, lines: Lines = []) {
    return this.ask(host, path, {
      lines: [["Accept", "text/html"], ["Sec-Fetch-Mode", "navigate"], ["Sec-Fetch-Dest", "document"], ...lines],
    });
  }

  follow(address: string) {
    const url = new URL(address);
    return this.page(url.host, url.pathname + url.search);
  }

  async signIn(email: string) {
    const call = (path: string, json: object) => this.ask(site.host, `/api/v1${path}`, { method: "POST", json });
    expect((await call("/sign-in", { identifier: email, password: PASSWORD })).status).toBe(200);
    expect((await call("/challenge/verify", { method: "recovery_code", code: codes.shift() })).status).toBe(200);
    return this;
  }

  /** Goes from a page of a guarded host to its ticket. */
  async ticket(host: string, path: string): Promise<string> {
    const begun = await this.page(host, path);
    expect([begun.status, new URL(begun.location).host], begun.body).toEqual([303, host]);
    const led = await this.follow(begun.location);
    expect([led.status, new URL(led.location).origin]).toEqual([303, site.origin]);
    const entering = await this.follow(led.location);
    return /<meta http-equiv="refresh" content="0;url=([^"]+)"/i.exec(entering.body)?.[1]?.replaceAll("&amp;", "&") ?? entering.body;
  }

  async enter(host: string, path = "/") {
    const finished = await this.follow(await this.ticket(host, path));
    expect([finished.status, finished.location]).toEqual([303, `https://${host}${path}`]);
    return this;
  }
}

const said = (answer: Answer, what: string) => new RegExp(`^${what}: (.*)$`, "m").exec(answer.body)?.[1];
let signedIn: Visitor;

test("Through each proxy a person comes back to the page of before, signed in, and the application learns who it is (FW-01).", async ({
  person,
}) => {
  signedIn = await new Visitor().signIn(person.email);
  for (const [name, host] of Object.entries(guarded.hosts)) {
    await signedIn.enter(host, "/reports/2026?quarter=3&q=%E9%96%A2%E6%89%80");
    const page = await signedIn.page(host, "/reports/2026?quarter=3");
    expect([page.status, said(page, "email"), said(page, "level"), said(page, "page")], `${name} ${page.body}`).toEqual([
      200,
      person.email,
      "aal2",
      "GET /reports/2026?quarter=3",
    ]);
    expect(said(page, "user")).toMatch(/^[0-9a-f-]{36}$/);
    const [cookie] = [...signedIn.jar(host).keys()].filter((one) => one.includes("site"));
    expect(cookie).toBe("__Host-sekisho.site");
    expect((await signedIn.ask(host, "/form", { method: "POST", json: { a: 1 } })).status, name).toBe(200);
  }
});

test("A script and a socket get 401 without a way, and a page is led to the sign-in (FW-01).", async () => {
  for (const [name, host] of Object.entries(guarded.hosts)) {
    const visitor = new Visitor();
    const script = await visitor.ask(host, "/data", {
      lines: [
        ["Accept", "application/json"],
        ["Sec-Fetch-Mode", "cors"],
      ],
    });
    expect([script.status, script.location], name).toEqual([401, ""]);
    const socket: Lines = [
      ["Connection", "Upgrade"],
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
      ["Sec-WebSocket-Version", "13"],
      ["Accept", "text/html"],
    ];
    const refused = await visitor.ask(host, "/socket", { lines: socket });
    expect([refused.status, refused.location], name).toEqual([401, ""]);
    expect((await visitor.page(host, "/")).status, name).toBe(303);
    expect((await visitor.page(host, "/", [["Sec-Fetch-User", "?1"]])).location).toMatch(
      new RegExp(`^https://${host}/\\.sekisho/start\\?to=`),
    );
  }
});

/** Assertions as a forger makes them: unsigned, signed with a key of its own, and a real one of another host. */
function forged(host: string, real: string): string[] {
  const { privateKey } = generateKeyPairSync("ed25519");
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = part({
    iss: site.origin,
    aud: host,
    sub: "admin",
    email: "admin",
    groups: ["admin"],
    acr: "passkey",
    iat: now,
    exp: now + 60,
  });
  const [realHead = "", , realSignature = ""] = real.split(".");
  const own = `${part({ alg: "EdDSA", typ: "sekisho-assertion+jwt", kid: JSON.parse(Buffer.from(realHead, "base64url").toString()).kid })}.${claims}`;
  return [
    `${part({ alg: "none" })}.${claims}.`,
    `${own}.${sign(null, Buffer.from(own), privateKey).toString("base64url")}`,
    `${realHead}.${claims}.${realSignature}`,
    real,
    "admin",
    "",
  ];
}

/** Every spelling of a header's name in which some program reads the same name. */
const spellings = (name: string) => [
  name,
  name.toLowerCase(),
  name.toUpperCase(),
  name.replaceAll("-", "_"),
  name.toUpperCase().replaceAll("-", "_"),
  `${name.split("-")[0]}_${name.split("-")[1]}`.toLowerCase(),
];

const assertionOf = (host: string, visitor: Visitor): Promise<string> => {
  const cookie = `__Host-sekisho.site=${visitor.jar(host).get("__Host-sekisho.site")}`;
  const headers = { cookie, "x-forwarded-host": host, "x-forwarded-proto": "https", "x-forwarded-method": "GET", "x-forwarded-uri": "/" };
  return new Promise((resolve, reject) => {
    plainRequest({ host: "127.0.0.1", port: instance.port, path: "/api/forward-auth", headers }, (answer) => {
      answer.resume();
      resolve(String(answer.headers["sekisho-assertion"]));
    })
      .on("error", reject)
      .end();
  });
};

test("No header of a client, in any spelling and however often, makes the application believe in another person (FW-06).", async ({
  person,
}) => {
  test.setTimeout(120_000);
  for (const [name, host] of Object.entries(guarded.hosts)) {
    const elsewhere = Object.values(guarded.hosts).find((one) => one !== host) ?? "";
    const real = await assertionOf(elsewhere, signedIn);
    expect(real.split(".")).toHaveLength(3);
    let believed = 0;
    const attempts: Lines[] = [
      ...spellings("Sekisho-Assertion").flatMap((header) => forged(host, real).map((value): Lines => [[header, value]])),
      ...["Remote-User", "Remote-Email", "Remote-Groups", "Remote-Acr"].flatMap((header) =>
        spellings(header).flatMap((spelled): Lines[] => [
          [[spelled, "admin"]],
          [
            [spelled, "admin"],
            [spelled, "admin"],
          ],
          [
            [spelled, ""],
            [header, "admin"],
          ],
        ]),
      ),
      spellings("Sekisho-Assertion").map((header): [string, string] => [header, forged(host, real)[1] ?? ""]),
      ...["Sekisho-Assertion", "Remote-User"].map(
        (header): Lines => [
          ["Connection", `close, ${header}`],
          [header, "admin"],
        ],
      ),
      [["Authorization", `Basic ${Buffer.from("admin:x").toString("base64")}`]],
      [["X-Forwarded-Host", elsewhere]],
      [
        ["X-Forwarded-Uri", "/"],
        ["X-Forwarded-Method", "OPTIONS"],
        ["X-Forwarded-Proto", "http"],
      ],
      [
        ["X-Original-URL", "/admin"],
        ["X-Rewrite-URL", "/admin"],
        ["X-Forwarded-Prefix", "/admin"],
      ],
      [
        ["X-Forwarded-User", "admin"],
        ["X-Remote-User", "admin"],
        ["Proxy", "http://127.0.0.1:1"],
        ["Redirect-Remote-User", "admin"],
      ],
    ];
    for (const lines of attempts) {
      const told = `${name} ${JSON.stringify(lines).slice(0, 160)}`;
      const answer = await signedIn.page(host, "/", lines);
      if (answer.status === 200) believed += 1;
      // A refusal harms the forger alone.
      if (answer.status === 200)
        expect([said(answer, "email"), said(answer, "level"), said(answer, "groups")], told).toEqual([person.email, "aal2", ""]);
      else expect([400, 403], told).toContain(answer.status);
      expect(answer.body, told).not.toContain("admin");
      expect((await new Visitor().page(host, "/", lines)).status, told).not.toBe(200);
      const protectedPage = await signedIn.page(host, "/admin/users", lines);
      expect([303, 400, 403], told).toContain(protectedPage.status);
    }
    // The proxies take the forged lines away, so that the person hardly notices.
    expect([attempts.length > 80, believed / attempts.length > 0.9], `${name} ${believed}/${attempts.length}`).toEqual([true, true]);
  }
});

test("The forwarded headers that the application gets are the proxy's and none of a client's (FW-06).", async () => {
  const written: Lines = [
    ["X-Forwarded-For", "203.0.113.66"],
    ["X-Forwarded-Host", "evil.example"],
    ["X-Forwarded-Proto", "gopher"],
    ["X-Forwarded-Uri", "/evil"],
    ["X-Forwarded-Method", "BREW"],
    ["Forwarded", "for=203.0.113.66;host=evil.example"],
  ];
  for (const [name, host] of Object.entries(guarded.hosts))
    expect(said(await signedIn.page(host, "/", written), "forwarded"), name).toBe(`127.0.0.1 ${host} https - - -`);
});

test("The application refuses whoever reaches it without the proxy (FW-06).", async () => {
  const real = await assertionOf(guarded.hosts.caddy, signedIn);
  for (const value of forged(guarded.hosts.nginx, real)) {
    const answer = await fetch(`http://127.0.0.1:${guarded.application}/`, {
      headers: { "Sekisho-Assertion": value, "Remote-User": "admin", Remote_User: "admin" },
    });
    expect([answer.status, await answer.text()]).toEqual([403, expect.not.stringContaining("admin")]);
  }
});

test("A prefix asks for its level in every spelling of its path, and the way there says what is missing (FW-04).", async () => {
  for (const [name, host] of Object.entries(guarded.hosts))
    for (const path of [
      ...["/admin", "/ADMIN/x", "/%61dmin", "//admin", "/x/%2e%2e/admin", "/x/..%2fadmin", "/%2561dmin"],
      ...["/x%5Cy/%2e%2e/admin", `/${"x".repeat(1500)}/../admin`],
    ]) {
      const answer = await signedIn.page(host, path);
      expect(answer.status === 200, `${name} ${path} ${answer.status}`).toBe(false);
    }
  const { nginx } = guarded.hosts;
  const asked = await signedIn.ticket(nginx, "/admin");
  expect(asked).toContain("/account/factors/passkey");
  expect(asked).not.toContain(".sekisho/finish");
});

const ELSEWHERE = [
  ...[
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/%5cevil.example",
    "/%2fevil.example",
    "/\t/evil.example",
  ],
  ...[
    "@evil.example/",
    ".evil.example/",
    ":1@evil.example/",
    "javascript:alert(1)",
    "http:evil.example",
    "/.//evil.example",
    "／／evil.example",
  ],
];

test("A host cannot be opened under the name of another one, whose pages may ask for less (FW-04).", async () => {
  for (const [name, host] of Object.entries(guarded.hosts))
    for (const named of Object.values(guarded.hosts).filter((one) => one !== host)) {
      const answer = await signedIn.ask(host, "/", { named });
      // The application behind the proxy refuses an assertion for another host by 403; its name must not get that far.
      expect([answer.status === 403, answer.body.includes("level: ")], `${name} as ${named} ${answer.status}`).toEqual([false, false]);
    }
});

test("No link through the sign-in leads anywhere but to a registered host (FW-05, I05).", async () => {
  const { nginx: host } = guarded.hosts;
  const carried = (path: string) => [
    encodeURIComponent(path),
    Buffer.from(path).toString("base64url"),
    Buffer.from(`/${path}`).toString("base64url"),
  ];
  for (const elsewhere of ELSEWHERE) {
    for (const to of carried(elsewhere)) {
      const started = await signedIn.page(host, `/.sekisho/start?to=${to}`);
      expect(new URL(started.location).origin).toBe(site.origin);
      const finished = await signedIn.page(host, `/.sekisho/finish?ticket=x&to=${to}`);
      expect([finished.status, finished.location]).toEqual([403, ""]);
    }
    const to = carried(elsewhere)[2] ?? "";
    const begun = new URL((await signedIn.page(host, `/.sekisho/start?to=${to}`)).location).searchParams.get("begun") ?? "";
    const entering = await signedIn.page(site.host, `/enter-site?${new URLSearchParams({ host, begun, to })}`);
    const address = /content="0;url=([^"]+)"/.exec(entering.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(new URL(address).host).toBe(host);
    const back = await signedIn.follow(address);
    expect(new URL(back.location).host, elsewhere).toBe(host);
    for (const named of [elsewhere, `${host}${elsewhere}`, `${host}.evil.example`, `evil.example#${host}`, `${host}@evil.example`]) {
      const answer = await signedIn.page(site.host, `/enter-site?${new URLSearchParams({ host: named, begun, to })}`);
      expect([answer.status, answer.body.includes(".sekisho/finish")], named).toEqual([404, false]);
    }
  }
});

test("The ticket of a stranger signs nobody in, and neither does one of one's own in another browser (FW-02).", async ({ person }) => {
  const { caddy: host } = guarded.hosts;
  signedIn.jar(host).delete("__Host-sekisho.site");
  const stolen = await signedIn.ticket(host, "/");
  const victim = new Visitor();
  await victim.follow((await victim.page(host, "/")).location);
  const refused = await victim.follow(stolen);
  expect([refused.status, refused.cookies, refused.location]).toEqual([403, [], ""]);
  expect(refused.body).toContain("/.sekisho/start?to=");
  expect((await victim.page(host, "/")).status).toBe(303);
  expect((await signedIn.follow(stolen)).status).toBe(403);
  await signedIn.enter(host);
  expect(said(await signedIn.page(host, "/"), "email")).toBe(person.email);
});

test("Only a trusted proxy is told who somebody is, and only for hosts that are registered (FW-01).", async () => {
  const cookie = `__Host-sekisho.site=${signedIn.jar(guarded.hosts.nginx).get("__Host-sekisho.site")}`;
  const ask = (localAddress: string, path: string, headers: Record<string, string | string[]>) =>
    new Promise<{ status: number; user: string | undefined }>((resolve, reject) => {
      plainRequest({ host: "127.0.0.1", port: instance.port, localAddress, path, headers }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode ?? 0, user: answer.headers["remote-user"]?.toString() });
      })
        .on("error", reject)
        .end();
    });
  const right = {
    cookie,
    "x-forwarded-host": guarded.hosts.nginx,
    "x-forwarded-proto": "https",
    "x-forwarded-method": "GET",
    "x-forwarded-uri": "/",
  };
  expect((await ask("127.0.0.1", "/api/forward-auth", right)).status).toBe(200);
  for (const path of ["/api/forward-auth", "/.sekisho/start", "/.sekisho/finish?ticket=x"])
    expect((await ask("127.0.0.2", path, right)).status, path).toBe(403);
  expect(await ask("127.0.0.1", "/api/forward-auth", { ...right, "x-forwarded-host": "unknown.example" })).toEqual({
    status: 403,
    user: "",
  });
  for (const odd of [["a.example", guarded.hosts.nginx], `${guarded.hosts.nginx}, a.example`, "a b", `${guarded.hosts.nginx}/x`])
    expect(await ask("127.0.0.1", "/api/forward-auth", { ...right, "x-forwarded-host": odd }), String(odd)).toEqual({
      status: 400,
      user: "",
    });
  for (const other of [guarded.hosts.caddy, guarded.hosts.php]) {
    const answer = await ask("127.0.0.1", "/api/forward-auth", { ...right, "x-forwarded-host": other });
    expect(answer, other).toEqual({ status: 401, user: "" });
  }
  expect(await ask("127.0.0.1", "/api/forward-auth", { ...right, "x-forwarded-proto": "http" })).toEqual({ status: 401, user: "" });
  expect((await ask("127.0.0.1", "/api/forward-auth", { ...right, "x-forwarded-host": guarded.hosts.nginx.toUpperCase() })).status).toBe(
    200,
  );
});

for (const javaScriptEnabled of [true, false])
  test(`A browser ${javaScriptEnabled ? "with" : "without"} JavaScript goes from a guarded page through the forms of the sign-in and back (FW-01).`, async ({
    browser,
    person,
  }) => {
    const { nginx: host } = guarded.hosts;
    const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`https://${host}/reports?month=11`);
    await page.waitForURL(`${site.origin}/sign-in?**`);
    await page.fill('[name="identifier"]', person.email);
    await page.fill('[name="password"]', PASSWORD);
    await page.locator('form:has([name="identifier"]) > button[type="submit"]').click();
    await page.waitForURL("**/verify");
    await page.goto(`${site.origin}/verify?with=recovery_code`);
    await page.fill('[name="code"]', codes.shift() ?? "");
    await page.locator('form:has([name="code"]) > button[type="submit"]').click();
    await page.waitForURL(`https://${host}/reports?month=11`);
    expect(await page.locator("body").innerText()).toContain(`email: ${person.email}`);
    await context.close();
  });

test("When the session ends, every guarded host is closed at once (FW-03).", async () => {
  const names = proxies.filter((name): name is ProxyName => name in guarded.hosts);
  for (const name of names) expect((await signedIn.page(guarded.hosts[name], "/")).status, name).toBe(200);
  expect((await signedIn.ask(site.host, "/api/v1/session", { method: "DELETE" })).status).toBe(204);
  for (const name of names) expect((await signedIn.page(guarded.hosts[name], "/")).status, name).toBe(303);
});
