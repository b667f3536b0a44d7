import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { env } from "#lib/env";
import { Door } from "#lib/http/door";
import { routePolicies } from "#lib/http/policy";
import type { Route } from "#lib/http/route";
import { markDatabaseUnavailable } from "#lib/request";
import { request, speak } from "../../e2e/support/raw.ts";

// Tests the door on its own socket: whatever bytes arrive, it sends exactly one answer or closes the connection, and logs nothing at level error.

vi.hoisted(() => {
  process.env.LOG_LEVEL = "info";
});

let url: URL;
const handlers = { POST: async () => ({ status: 204, headers: {}, body: "", cookies: [] }) };
/** Routes that declare another policy than `policyOf` gives for their path. */
const routes: Record<string, Route> = {
  "/api/v1/fails": { policy: routePolicies.api, handlers: { GET: () => Promise.reject(new Error("a bug")) } },
  "/api/v1/pages-only": { policy: { ...routePolicies.api, origin: "pages" }, handlers },
  "/api/v1/reads-only": { policy: { ...routePolicies.api, origin: "public" }, handlers },
  "/api/v1/any-media": { policy: { ...routePolicies.api, media: null }, handlers },
  "/api/v1/small": { policy: { ...routePolicies.api, maxBody: 10 }, handlers },
  "/api/v1/never-posted": { policy: { ...routePolicies.api, methods: ["GET", "HEAD"] }, handlers },
  "/of-a-provider": { policy: routePolicies.receipts, handlers },
  "/large": { policy: { ...routePolicies.page, maxBody: 10, large: { bytes: 20, act: "members.stage" } }, handlers },
  "/of-a-proxy": { policy: routePolicies.site, handlers: { GET: handlers.POST } },
};
/** The headers of the last admitted request, as Next would get them. */
let passed: Record<string, unknown> = {};
let lines: Record<string, unknown>[];
const options: ConstructorParameters<typeof Door>[0] = {
  env: env(),
  dev: false,
  publicFiles: new Set(),
  routeAt: (path) => routes[path],
  app: async (req, res) => {
    passed = req.headers;
    res.end("let in");
  },
  beforeAnswer: async () => undefined,
  checkReady: async () => true,
  mayBeLarge: async () => false,
  untrustedProxy: () => undefined,
};
const door = new Door(options);
/** Makes a request fail before the door sees it, to simulate a bug in the door. */
let before: (req: object) => void = () => {};

beforeAll(async () => {
  door.server.prependListener("request", (req) => before(req));
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  url = new URL(`http://localhost:${(door.server.address() as AddressInfo).port}`);
});
afterAll(() => door.drain());
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => {
    if (String(line).startsWith("{")) lines.push(JSON.parse(String(line)) as Record<string, unknown>);
    return true;
  });
});
afterEach(() => {
  before = () => {};
  vi.restoreAllMocks();
});

type Headers = Parameters<typeof request>[2];
const bytesOf = (headers: Headers, method = "GET", target = "/sign-in", body = "") =>
  Buffer.from(request(method, target, { Host: new URL(env().publicOrigin).host, ...headers }, body), "latin1");
/** Every answer takes less than three seconds; a socket that hangs for longer gets none. */
const ask = async (headers: Headers, method?: string, target?: string, body?: string) =>
  (await speak(bytesOf(headers, method, target, body), 3_000, url)).map(({ status }) => status);
const errors = () => lines.filter(({ level }) => level === "error");

const READ = [
  "X-Sekisho-Internal",
  "X-Sekisho-Client-Ip",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "Forwarded",
  "Origin",
  "Referer",
  "Cookie",
  "Authorization",
  "Accept",
  "Accept-Language",
  "User-Agent",
  "Content-Type",
  "Next-Action",
  "Sec-Fetch-Site",
  "X-Nonce",
];
const ODD: Record<string, string | string[]> = {
  "43 characters, one of them 0xE9": `${"a".repeat(42)}\u00e9`,
  "43 bytes of latin-1": "\u00e9".repeat(43),
  nothing: "",
  "twice the same": ["a".repeat(43), "a".repeat(43)],
  "eight times another": Array.from({ length: 8 }, (_, at) => String(at).repeat(43)),
  "12 kB": "x".repeat(12_000),
  "12 kB of latin-1": "\u00fc".repeat(12_000),
  "separators alone": ",;=,;= ,,%00%zz%",
  "bytes of UTF-8": Buffer.from("関所").toString("latin1"),
  "nearly an address": "[::ffff:1.2.3.4%lo]:99999, ::1%é, 1.2.3.4:é",
};

describe("The front door", () => {
  it.each(READ)("answers at once and without an error-level line, whatever %s holds", async (name) => {
    const cases = Object.entries(ODD).flatMap(([what, value]) => ["GET", "POST"].map((method) => ({ what, value, method })));
    await Promise.all(
      cases.map(async ({ what, value, method }) => {
        const answers = await ask({ [name]: value }, method);
        expect(answers.length, `${method} with ${name}: ${what}`).toBe(1);
        expect(answers[0], `${method} with ${name}: ${what}`).toBeLessThan(500);
      }),
    );
    expect(errors()).toEqual([]);
  });

  it.each(["Host", "Expect", "Upgrade", "Content-Length", "Transfer-Encoding"])("answers odd bytes in %s", async (name) => {
    await Promise.all(
      Object.entries(ODD).map(async ([what, value]) => {
        const [status] = await ask({ [name]: value }, "POST");
        expect(status, `${name}: ${what}`).toBeGreaterThanOrEqual(200);
        expect(status, `${name}: ${what}`).toBeLessThan(500);
      }),
    );
    expect(errors()).toEqual([]);
  });

  it("answers odd request targets", async () => {
    const targets = ["*", "//", "/%", "/%E9", "/\u00e9", "/?\u00e9", "http://a:b@c:99999/", "?", "/#", `/${"a".repeat(9_000)}`, "/..%2f"];
    for (const target of targets) expect((await ask({}, "GET", target))[0], target).toBeGreaterThanOrEqual(400);
    for (const line of ["CONNECT \u00e9:1 HTTP/1.1", "GET", "\u00e9 / HTTP/1.1", "GET / HTTP/9.9", "\0", "OPTIONS * HTTP/1.1"]) {
      const answers = await speak(Buffer.from(`${line}\r\n\r\n`, "latin1"), 3_000, url);
      expect(answers.length, line).toBe(1);
      expect(answers[0]?.status, line).toBeLessThan(500);
    }
    expect(errors()).toEqual([]);
  });

  it("believes an address that a request names only with the door's own token, and only if it is one", async () => {
    const claim = { "X-Sekisho-Client-Ip": "203.0.113.9", "X-Forwarded-Host": new URL(env().publicOrigin).host };
    for (const token of [null, "", "a".repeat(43), `${"a".repeat(42)}\u00e9`]) {
      expect(await ask({ ...claim, "X-Sekisho-Internal": token })).toEqual([200]);
      expect(passed["x-sekisho-client-ip"]).toBe("127.0.0.1");
    }
    const ours = { ...claim, "X-Sekisho-Internal": String(passed["x-sekisho-internal"]) };
    expect(await ask(ours)).toEqual([200]);
    expect(passed["x-sekisho-client-ip"]).toBe("203.0.113.9");
    for (const odd of [null, "", "\u00e9", "undefined", ["203.0.113.9", "203.0.113.10"]]) {
      expect(await ask({ ...ours, "X-Sekisho-Client-Ip": odd })).toEqual([200]);
      expect(passed["x-sekisho-client-ip"]).toBe("127.0.0.1");
    }
  });

  it("lets no more of a User-Agent in than 256 characters, because Next's time grows with the square of its length", async () => {
    await ask({ "User-Agent": "x".repeat(12_000) });
    expect(passed["user-agent"]).toBe("x".repeat(256));
    await ask({ "User-Agent": "Mozilla/5.0" });
    expect(passed["user-agent"]).toBe("Mozilla/5.0");
  });

  it("makes an answer with a reference, and one line below error level, of whatever it throws itself while it reads a head", async () => {
    for (const broken of ["x-forwarded-for", "accept-language", "cookie"]) {
      before = (req) => {
        const { headers } = req as { headers: object };
        Object.defineProperty(headers, broken, {
          enumerable: true,
          configurable: true,
          get: () => {
            // Throws once, because the code that makes the answer may read the same header.
            Reflect.deleteProperty(headers, broken);
            throw new Error("a bug in the door");
          },
        });
      };
      const [answer] = await speak(bytesOf({}), 3_000, url);
      expect(answer?.status, broken).toBe(500);
      const reference = /<code>([0-9A-Z]{12})<\/code>/.exec(answer?.body ?? "")?.[1];
      expect(
        lines.filter(({ event }) => event === "door.threw"),
        broken,
      ).toEqual([
        expect.objectContaining({ level: "warn", id: reference, error: expect.objectContaining({ message: "a bug in the door" }) }),
      ]);
      expect(errors()).toEqual([]);
      lines.length = 0;
    }
  });

  it("closes the connection where it cannot even answer", async () => {
    before = (req) =>
      Object.defineProperty(req, "headers", {
        get: () => {
          throw new Error("nothing can be read");
        },
      });
    const began = performance.now();
    expect(await ask({})).toEqual([]);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(errors()).toEqual([]);
  });

  it("answers what fails behind it with 500, and says so at level error", async () => {
    expect(await ask({}, "GET", "/api/v1/fails")).toEqual([500]);
    expect(errors()).toEqual([expect.objectContaining({ msg: "request failed" })]);
  });
});

describe("A declared policy", () => {
  const json = { "Content-Type": "application/json", "Content-Length": "2" };
  const form = { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": "2" };
  const ours = (): Record<string, string> => ({ Origin: env().publicOrigin });
  const post = async (path: string, headers: Headers, body = "{}") => (await ask(headers, "POST", path, body))[0];

  it("of pages alone refuses a program, which its path would let in", async () => {
    expect(await post("/api/v1/pages-only", json)).toBe(403);
    expect(await post("/api/v1/pages-only", { ...json, ...ours() })).toBe(204);
  });
  it("of reads alone lets no state change in, from wherever it comes", async () => {
    for (const from of [{}, ours()]) expect(await post("/api/v1/reads-only", { ...json, ...from })).toBe(403);
  });
  it("of a provider needs no Origin and no media type, although its path is one of a page", async () => {
    const froms: Record<string, string>[] = [{}, { Origin: "https://provider.example" }];
    for (const from of froms) expect(await post("/of-a-provider", { ...form, ...from })).toBe(204);
    expect(await post("/undeclared", form)).toBe(403);
  });
  it("names the media type of bodies", async () => {
    expect(await post("/api/v1/any-media", { ...form, ...ours() })).toBe(204);
    expect(await post("/api/v1/undeclared", { ...form, ...ours() })).toBe(415);
  });
  it("bounds the body, announced or counted", async () => {
    expect(await post("/api/v1/small", { ...json, "Content-Length": "10" }, " ".repeat(10))).toBe(204);
    expect(await post("/api/v1/small", { ...json, "Content-Length": "11" }, " ".repeat(11))).toBe(413);
    const chunked = { "Content-Type": "application/json", "Transfer-Encoding": "chunked" };
    expect(await post("/api/v1/small", chunked, "a\r\n          \r\n0\r\n\r\n")).toBe(204);
    expect(await post("/api/v1/small", chunked, "b\r\n           \r\n0\r\n\r\n")).toBe(413);
  });
  it("reads more of staff alone, who are known by the head of an announced body", async () => {
    const asked = vi.spyOn(options, "mayBeLarge");
    const send = (length: number) => post("/large", { ...form, ...ours(), "Content-Length": String(length) }, "a".repeat(length));
    expect([await send(10), await send(11)]).toEqual([204, 413]);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockResolvedValue(true);
    expect([await send(20), await send(21)]).toEqual([204, 413]);
    asked.mockImplementation(async () => {
      markDatabaseUnavailable();
      throw new Error("the database does not answer");
    });
    expect(await send(11)).toBe(503);
    const chunked = { "Content-Type": "application/x-www-form-urlencoded", ...ours(), "Transfer-Encoding": "chunked" };
    expect(await post("/large", chunked, "b\r\naaaaaaaaaaa\r\n0\r\n\r\n")).toBe(413);
    asked.mockRestore();
  });
  it("of a proxy answers a trusted proxy alone, whatever host it asks for, and asks nothing of another host's TLS", async () => {
    const behind = new Door({ ...options, env: { ...env(), TRUSTED_PROXIES: "127.0.0.1" } });
    behind.server.listen(0, "127.0.0.1");
    await once(behind.server, "listening");
    const trusting = new URL(`http://localhost:${(behind.server.address() as AddressInfo).port}`);
    const head = bytesOf({ Host: "app.example" }, "GET", "/of-a-proxy");
    const [there] = await speak(head, 3_000, trusting);
    expect([there?.status, /strict-transport-security/i.test(JSON.stringify(there))]).toEqual([204, false]);
    for (const more of [{}, { "X-Forwarded-For": "127.0.0.1" }, { Host: url.host }] as Headers[])
      expect(await ask({ Host: "app.example", ...more }, "GET", "/of-a-proxy")).toEqual([403]);
    expect((await speak(bytesOf({ Host: "app.example" }, "HEAD", "/of-a-proxy"), 3_000, trusting))[0]?.status).toBe(405);
    await behind.drain();
  });
  it("of a proxy does not exist at our own name, which no proxy asks by, in any spelling of it", async () => {
    const settings = { ...env(), publicOrigin: "https://login.example", TRUSTED_PROXIES: "127.0.0.1" };
    const behind = new Door({ ...options, env: settings });
    behind.server.listen(0, "127.0.0.1");
    await once(behind.server, "listening");
    const trusting = new URL(`http://localhost:${(behind.server.address() as AddressInfo).port}`);
    const status = async (host: string) => (await speak(bytesOf({ Host: host }, "GET", "/of-a-proxy"), 3_000, trusting))[0]?.status;
    for (const host of ["login.example", "LOGIN.example", "login.example:443", "login.example:", "login.example.", "login.example.:8443"])
      expect(await status(host), host).toBe(404);
    for (const host of ["app.example", "127.0.0.1:3000", "notlogin.example", "login.example.jp"])
      expect(await status(host), host).toBe(204);
    await behind.drain();
  });
  it("names the methods", async () => expect(await post("/api/v1/never-posted", json)).toBe(405));
});
