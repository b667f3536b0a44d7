import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import type { ProviderAccountInput } from "#lib/delivery/provider-accounts/shape";
import { addProviderAccount, changeProviderAccount } from "#lib/delivery/provider-accounts/store";
import { kinds as providerKinds } from "#lib/delivery/providers/kinds";
import { must } from "#lib/testing/fixtures";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { type Gateway, gateway, willing } from "#lib/testing/smpp";

// Runs `npm run provider` as an operator does, against gateways on loopback, and checks its output for wrong configurations, which must not contain
// secrets.

const SECRET = "never-to-be-seen-secret-0123456789abcdef";
const SID = `AC${"0123456789abcdef".repeat(2)}`;
const NUMBER = "+819012345678";

type Ran = { code: number | null; out: string };

/** Runs the command against the database of this test file. */
function provider(args: string[], more: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "scripts/commands/provider.ts", ...args], {
    env: { ...process.env, LC_ALL: "", LC_MESSAGES: "", LANG: "en_US.UTF-8", NODE_ENV: "production", LOG_LEVEL: "debug", ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (out += part));
  return new Promise((resolve, reject) => child.once("error", reject).once("close", (code) => resolve({ code, out })));
}

const kinds: Record<string, Partial<ProviderAccountInput>> = {
  karaden: { settings: { tenantId: "t1", serviceId: "7" }, secrets: { token: SECRET } },
  twilio: { settings: { accountSid: SID }, sender: "+12025550100", secrets: { authToken: SECRET } },
  webhook: { secrets: { secret: SECRET } },
  smpp: { settings: { systemId: "app" }, secrets: { password: SECRET } },
};

const addressOf = (kind: string, url: string) => (kind === "smpp" ? url.replace(/^http/, "smpp") : url);

/** Adds the account `a` through the use case of the command, because a process for each step takes too long. */
async function add(kind: string, url: string, more: Partial<ProviderAccountInput> = {}): Promise<void> {
  const entered = { name: "a", kind, baseUrl: addressOf(kind, url), ...kinds[kind] };
  must(await addProviderAccount({ ...entered, ...more, settings: { ...entered.settings, ...more.settings } }));
}
const moveTo = async (kind: string, url: string) => must(await changeProviderAccount("a", { baseUrl: addressOf(kind, url) }));
const test = (more: string[] = [], env: Record<string, string> = {}) => provider(["test", "a", NUMBER, "--wait", "1", ...more], env);

const open: (Loopback | Gateway | { close(): Promise<void> })[] = [];
async function answering(status: number, body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const server = await loopback(answers(status, body, headers));
  open.push(server);
  return server.url;
}
async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => void sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
  return (server.address() as AddressInfo).port;
}
afterEach(async () => {
  await sql`DELETE FROM provider_accounts WHERE kind <> 'demo'`;
  for (const one of open.splice(0)) await one.close();
});

const place = mkdtempSync(join(tmpdir(), "sekisho-desk-"));
execFileSync(
  "openssl",
  `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=somewhere.else -keyout ${place}/key -out ${place}/cert`.split(
    " ",
  ),
  { stdio: "ignore" },
);
const identity = { key: readFileSync(`${place}/key`), cert: readFileSync(`${place}/cert`) };
afterAll(() => rmSync(place, { recursive: true }));

/** Words of libraries, stacks, log lines and secrets, which must not appear in an operator's terminal. */
const FOREIGN = /fetch failed|ECONN|ENOTFOUND|EAI_|UND_ERR|ERR_|Invalid (?:input|option|string)|Unknown option|\bat \w+ \(|^\{.*\}$/m;
function clean({ out }: Ran) {
  expect(out).not.toMatch(FOREIGN);
  for (const part of [SECRET, SECRET.slice(0, 12), Buffer.from(SECRET).toString("base64").slice(0, 16), "9012345678", "テスト"])
    expect(out).not.toContain(part);
}

describe("A trial through a wrong configuration says what the provider said", () => {
  it.each([
    ["karaden", "a wrong token", 401, { object: "error", code: "x", message: "bad" }, [/HTTP 401/, /x\b/, /secret/i]],
    ["karaden", "a wrong tenant", 404, { object: "error", code: "TENANT01" }, [/HTTP 404/, /TENANT01/, /base URL/]],
    [
      "karaden",
      "a wrong service",
      422,
      { object: "error", code: "SMS0001", errors: { service_id: ["no"] } },
      [/HTTP 422/, /SMS0001/, /service_id/],
    ],
    ["karaden", "a wrong path", 404, "<html>not here</html>", [/HTTP 404/, /base URL/]],
    ["twilio", "a wrong token", 401, { code: 20003, message: "Authenticate", status: 401 }, [/HTTP 401/, /20003/]],
    ["twilio", "a wrong sender", 400, { code: 21606, message: "From +12025550100", status: 400 }, [/HTTP 400/, /21606/]],
    ["twilio", "another account", 404, { code: 20404, message: "not found", status: 404 }, [/HTTP 404/, /20404/]],
    ["webhook", "a wrong secret", 403, { error: "bad_signature" }, [/HTTP 403/, /bad_signature/]],
    ["webhook", "a field it does not take", 422, { errors: [{ field: "from" }] }, [/HTTP 422/, /from/]],
    ["webhook", "a redirect", 302, "", [/HTTP 302/]],
    ["webhook", "trouble of its own", 503, "", [/HTTP 503/]],
    ["webhook", "an unreadable answer", 200, "<html>hello</html>", [/HTTP 200/]],
  ] as const)("%s: %s", async (kind, _, status, body, words) => {
    await add(kind, await answering(status, body));
    const ran = await test();
    for (const word of words) expect(ran.out).toMatch(word);
    expect(ran.code).toBe(1);
    clean(ran);
  });

  it.each([
    ["the password", 0x0e, [/bind/, /0x0000000E|0x0E/, /ESME_RINVPASWD/]],
    ["the system_id", 0x0f, [/0x0F/, /ESME_RINVSYSID/]],
  ] as const)("smpp: a bind refused for %s", async (_, status, words) => {
    const server = await gateway((pdu, { write }) => {
      if (pdu.command === "bind_transceiver") write({ command: "bind_transceiver_resp", status, sequence: pdu.sequence, systemId: "g" });
      else willing(pdu, { write, socket: undefined as never });
    });
    open.push(server);
    await add("smpp", `http://127.0.0.1:${server.port}`);
    const ran = await test();
    for (const word of words) expect(ran.out).toMatch(word);
    clean(ran);
  });

  it("smpp: a text refused for its sender", async () => {
    const server = await gateway((pdu, caller) => {
      if (pdu.command === "submit_sm") caller.write({ command: "submit_sm_resp", status: 0x0a, sequence: pdu.sequence, messageId: "" });
      else willing(pdu, caller);
    });
    open.push(server);
    await add("smpp", `http://127.0.0.1:${server.port}`);
    const ran = await test();
    expect(ran.out).toMatch(/0x0A.*ESME_RINVSRCADR/);
    clean(ran);
  });

  it.each(["karaden", "twilio", "webhook", "smpp"])("%s: no listener, another host's certificate, no TLS", async (kind) => {
    const port = await listening(createServer());
    await open.pop()?.close();
    await add(kind, `https://127.0.0.1:${port}`);
    const ran = await test();
    expect(ran.out).toMatch(/connection was refused|nothing listens/i);
    clean(ran);
    await moveTo(kind, `https://127.0.0.1:${await listening(createTlsServer(identity))}`);
    const untrusted = await test();
    expect(untrusted.out).toMatch(/certificate/i);
    clean(untrusted);
    const speechless = createServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    await moveTo(kind, `https://127.0.0.1:${await listening(speechless)}`);
    const plain = await test();
    expect(plain.out).toMatch(/TLS/);
    clean(plain);
  });

  it.each(["webhook", "smpp"])("%s: a name that does not exist, and a gateway that never answers", async (kind) => {
    await add(kind, "https://gateway.invalid:3550");
    const unknown = await test();
    expect(unknown.out).toMatch(/name|DNS/i);
    expect(unknown.out).toMatch(/gateway\.invalid|host name/i);
    clean(unknown);
    await moveTo(kind, `https://127.0.0.1:${await listening(createServer())}`);
    const silent = await test();
    expect(silent.out).toMatch(/in time/i);
    clean(silent);
  });

  it("in Japanese where the terminal is Japanese", async () => {
    await add("karaden", await answering(422, { object: "error", code: "SMS0001", errors: { service_id: ["no"] } }));
    const ran = await test([], { LANG: "ja_JP.UTF-8" });
    expect(ran.out).toMatch(/HTTP 422.*SMS0001.*service_id/s);
    expect(ran.out).toMatch(/送信サービス/);
    expect(ran.out).not.toMatch(/\b(?:the|was|is)\b/);
  });

  it.each(["karaden", "twilio", "webhook"])("%s: and nothing that was sent to it, although it repeats all of it", async (kind) => {
    const server = await loopback((arrived, response) => {
      const errors = { [SECRET]: ["x"], [NUMBER.slice(1)]: ["x"], to: ["x"] };
      const error = { code: arrived.headers.authorization };
      const body = { object: "error", code: SECRET, error, message: arrived.body.toString(), errors };
      response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    open.push(server);
    await add(kind, server.url);
    const ran = await test();
    expect(ran.out).toMatch(/HTTP 400, no error code, fields: to\./);
    clean(ran);
  });

  it("twilio: a call that could never be told what to say, and one without a number to call from", async () => {
    await add("twilio", await answering(500, ""));
    expect((await test(["--channel", "voice"])).out).toMatch(/Nothing was sent.*APP_URL/);
    await sql`UPDATE provider_accounts SET sender = NULL, version = version + 1 WHERE name = 'a'`;
    const ran = await test(["--channel", "voice"]);
    expect(ran.out).toMatch(/Nothing was sent: the account has no sender/);
    expect(ran.out).toMatch(/No phone rang/);
    clean(ran);
  });
});

describe("A trial that succeeds", () => {
  it("prints sentences and no line of the log", async () => {
    const server = await gateway();
    open.push(server);
    await add("smpp", `http://127.0.0.1:${server.port}`);
    const ran = await test();
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/sent/);
    clean(ran);
  });

  it.each([
    [{ id: "c1", status: "delivered" }, /was pressed/],
    [{ id: "c2", status: "undelivered", reason: "not_reachable" }, /No key was pressed/],
    [{ id: "c3", status: "sent" }, /not known/],
  ] as const)("by voice (%j) says before the call that a key must be pressed, and afterwards whether it was", async (answer, word) => {
    await add("webhook", await answering(200, answer));
    const ran = await test(["--channel", "voice"]);
    expect(ran.out).toMatch(/press 1/);
    expect(ran.out.search(/press 1/)).toBeLessThan(ran.out.search(/\d s {2}/));
    expect(ran.out).toMatch(word);
    clean(ran);
  });
});

describe("A sender", () => {
  const args = ["add", "a", "--kind", "twilio", "--set", `accountSid=${SID}`, "--sender"];
  const secret = { PROVIDER_AUTH_TOKEN: SECRET };

  it("is read in full-width characters, at add and at change", async () => {
    const added = await provider([...args, "＋１２０２５５５０１００"], secret);
    expect(added.out).toMatch(/sender +\+12025550100\n/);
    const changed = await provider(["change", "a", "--sender", "Ｍｙ　Ｓｈｏｐ"]);
    expect(changed.out).toMatch(/sender +My Shop\n/);
    const refused = await provider(["change", "a", "--sender", "090 1234 5678"]);
    expect(refused).toEqual({ code: 1, out: expect.stringMatching(/sender: must be a number in international form.*1 to 11 ASCII/) });
  });

  it("that its network does not take is refused with a sentence that says what is right", async () => {
    const ran = await provider([...args, "12345678901"], { ...secret, LANG: "ja_JP.UTF-8" });
    expect(ran).toEqual({ code: 1, out: expect.stringMatching(/sender：次のどれかにしてください：.*11文字以内/) });
  });
});

describe("Lists", () => {
  it("name a certificate by its subject and its end, in every form of the list", async () => {
    const given = ["--kind", "smpp", "--base-url", "smpps://127.0.0.1:9", "--set", "systemId=app", "--set", `ca=${identity.cert}`];
    const ran = await provider(["add", "a", ...given], { PROVIDER_PASSWORD: SECRET });
    const listed = await provider(["list"]);
    const json = await provider(["list", "--json"]);
    const changed = await provider(["change", "a", "--price", "8"]);
    for (const one of [ran, listed, json, changed]) {
      expect(one.out).not.toMatch(/BEGIN CERT|MII/);
      expect(one.out).toMatch(/somewhere\.else/);
    }
    // The list shows a shortened value, so a change must leave the stored certificate intact.
    const [row] = await sql<{ ca: string }>`SELECT settings ->> 'ca' AS ca FROM provider_accounts WHERE name = 'a'`;
    expect(row?.ca).toContain("BEGIN CERTIFICATE");
  });

  it("refuse a private key beside the certificate, which would be kept unsealed", async () => {
    const given = ["--kind", "smpp", "--base-url", "smpps://127.0.0.1:9", "--set", "systemId=app"];
    const ran = await provider(["add", "a", ...given, "--set", `ca=${identity.cert}${identity.key}`], { PROVIDER_PASSWORD: SECRET });
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/setting ca: must be/);
    expect(ran.out).not.toMatch(/BEGIN|MII|MIG/);
  });
});

describe("Kinds", () => {
  it("alone are listed with a line each", async () => {
    const { out } = await provider(["kinds"]);
    const listed = providerKinds.map(({ kind }) => kind).filter((kind) => kind !== "demo");
    for (const kind of listed) expect(out).toMatch(new RegExp(`^${kind} .{20,}$`, "m"));
    // An empty line and the way to more follow.
    expect(out.trim().split("\n").length).toBe(listed.length + 2);
  });

  it("by name explain every setting and secret in both languages", async () => {
    const en = await provider(["kinds", "smpp"]);
    expect(en.out).toMatch(/systemId +required +.{20,}/);
    expect(en.out).toMatch(/messageIds +default auto +.{20,}/);
    expect(en.out).toMatch(/tlvIds +default auto +.{20,}/);
    expect(en.out).toMatch(/password +required +.{10,}/);
    const ja = await provider(["kinds", "smpp"], { LANG: "ja_JP.UTF-8" });
    expect(ja.out).toMatch(/messageIds +初期値 auto +.*受信結果|messageIds +初期値 auto +.*到着結果/);
    const none = await provider(["kinds", "pigeon"]);
    expect([none.code, none.out]).toEqual([1, expect.stringContaining("karaden, smpp, twilio, webhook")]);
  });
});

describe("What cannot be understood", () => {
  it.each([
    [["list", "--nonsense"]],
    [["list", "--kind"]],
    [["add", "a", "--secrets=1"]],
    [["add", "a", "--kind", "karaden", "--set", "serviceId=x", "--set", "tenantId=../x"]],
    [["add", "a", "--kind", "smpp", "--base-url", "nonsense", "--set", "window=0", "--set", "messageIds=maybe", "--set", "x=1"]],
    [["add", "a", "--kind", "twilio", "--set", "edge=1", "--set", "retention=never", "--order", "x"]],
  ])("%j is refused in words of ours, in both languages", async (args) => {
    const en = await provider(args);
    clean(en);
    expect(en.out).not.toMatch(/undefined|expected|Too (?:big|small)/);
    const ja = await provider(args, { LANG: "ja_JP.UTF-8" });
    clean(ja);
    expect([en.code, ja.code]).toEqual([1, 1]);
    expect(ja.out).not.toMatch(/\b(?:must|is missing|does not|Nothing was)\b/);
  });

  it.each([
    ["postgres://a:b@127.0.0.1:9/c", /does not answer.*127\.0\.0\.1:9/],
    ["postgres://a:b@nowhere.invalid/c", /host nowhere\.invalid is not known/],
  ])("a database that is not there (%s) is told in words of ours", async (url, words) => {
    const ran = await provider(["list"], { DATABASE_URL: url });
    expect(ran.out).toMatch(words);
    clean(ran);
  });
});
