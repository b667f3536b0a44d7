import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, expect, test } from "@playwright/test";
import type { Loopback } from "../../lib/testing/loopback.ts";
import { type ChallengeJson, Client, expectStatus, freshNumber, PASSWORD, type Person, passPassword, register } from "../support/api.ts";
import { addWebhook, command, manyAccounts, must, openGateway } from "../support/provider.ts";
import { openRows, type Rows } from "../support/rows.ts";
import { type Instance, startInstance } from "../support/server.ts";
import { awaitingNumber, become } from "../support/stages.ts";
import { visit } from "../support/visit.ts";

// The switches of the worst day, thrown at the command line beside two servers: sending stops and starts within a second at both, an open
// challenge offers what still works, an account without another way is told so (J08, F13); a suspended one is out of both at once (A19).

const TOKEN = "a-token-for-the-metrics-of-the-stops";
let a: Instance;
let b: Instance;
let rows: Rows;
let person: Person;

test.beforeAll(async () => {
  const env = { METRICS_TOKEN: TOKEN, SEKISHO_LIMITS: "bench", TRUSTED_PROXIES: "127.0.0.1/32" };
  a = await startInstance({ env });
  b = await startInstance({ env, databaseUrl: a.databaseUrl });
  rows = await openRows(a.databaseUrl);
  person = await register(new Client(a.url));
});
test.afterEach(() => rows.query("DELETE FROM sending_stops"));
test.afterAll(async () => {
  await rows.close();
  await b.stop();
  await a.stop();
});

const kill = (line = "", env: Record<string, string> = {}) => command("kill", a.databaseUrl, line.split(" ").filter(Boolean), env);
const admin = (...args: string[]) => command("admin", a.databaseUrl, args);
const challengeOf = async (client: Client) => (await client.get("/api/v1/challenge")).body as unknown as ChallengeJson;
const methodsOf = async (client: Client) => (await challengeOf(client)).methods.map(({ method }) => method);
const openStops = (channel: string) => rows.count(`SELECT count(*) FROM sending_stops WHERE ended_at IS NULL AND channel = '${channel}'`);

/** Passes the password from an address of its own; a machine that is busy with other tests says 503, and the person tries again. */
async function signInFrom(ip: string, client: Client, identifier: string): Promise<void> {
  for (;;) {
    const answer = await client.call("POST", "/api/v1/sign-in", { identifier, password: PASSWORD }, { "x-forwarded-for": ip });
    if (answer.body.code !== "unavailable") return void expectStatus(answer, 200);
    await sleep(200);
  }
}

/** Polls every 5 ms; answers the moment at which something became so. */
async function momentOf(holds: () => Promise<boolean>): Promise<number> {
  const until = Date.now() + 60_000;
  for (; Date.now() < until; await sleep(5)) if (await holds()) return Date.now();
  throw new Error("it never became so");
}

test("Texts stopped at the command line are offered by neither server within a second, sent by neither, and both again after; no restart.", async () => {
  const other = await register(new Client(b.url));
  const clients = [(await passPassword(person, new Client(a.url))).client, (await passPassword(other, new Client(b.url))).client];
  for (const client of clients) expect(await methodsOf(client)).toEqual(["sms", "voice", "recovery_code"]);
  for (const [position, offered] of [
    ["off", false],
    ["on", true],
  ] as const) {
    const thrown = kill(`sms ${position}`);
    const committed = await momentOf(async () => (await openStops("SMS")) === (offered ? 0 : 1));
    for (const client of clients) {
      const seen = await momentOf(async () => (await methodsOf(client)).includes("sms") === offered);
      expect(seen - committed).toBeLessThan(1000);
    }
    expect((await thrown).code).toBe(0);
    for (const client of clients) {
      const answer = await client.post("/challenge/send", { method: "sms" });
      if (offered) expectStatus(answer, 202);
      else {
        expect(expectStatus(answer, 503).body).toMatchObject({ code: "sending_stopped", reason: "sending_stopped" });
        expect(answer.headers.get("retry-after")).toBe("60");
      }
    }
  }
  // The code is the one that was texted before the stop.
  const [client] = clients;
  const { code } = await new Client(a.url).message(person.number);
  expect(expectStatus((await client?.post("/challenge/verify", { code })) as never, 200).body.next).toBe("done");
});

test("A switch thrown while forty people sign in at both servers: what was handed over went out, nothing does later, and everybody has a challenge.", async () => {
  test.setTimeout(180_000);
  const gateway: Loopback = await openGateway();
  const arrivals: number[] = [];
  gateway.answer((_, response) => {
    arrivals.push(Date.now());
    setTimeout(() => response.writeHead(202, { "content-type": "application/json" }).end('{"id":"m"}'), 300);
  });
  await addWebhook(a.databaseUrl, "sink", gateway, 1);
  try {
    const emails = await manyAccounts(a.databaseUrl, 40);
    const waiting = [...emails.entries()];
    let committed: number | null = null;
    // Eight at a time: more at once would only fill the hasher. The last eight come after the switch, however slow its command is.
    const opened = Array.from({ length: 8 }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, identifier] = next;
        if (index >= emails.length - 8) await momentOf(async () => committed !== null);
        await signInFrom(`192.0.2.${index + 1}`, new Client(index % 2 ? a.url : b.url), identifier);
      }
    });
    await momentOf(async () => arrivals.length > 0);
    const thrown = kill("sms off");
    committed = await momentOf(async () => (await openStops("SMS")) === 1);
    await Promise.all(opened);
    expect((await thrown).code).toBe(0);
    const statesOf = (people: string[]) =>
      rows.query<{ state: string }>(
        "SELECT DISTINCT concat_ws(' ', status, reason) AS state FROM messages m JOIN users u ON u.id = m.user_id WHERE u.email = ANY($1) AND template = 'code.SIGN_IN'",
        people,
      );
    // A job that failed on a busy database is tried again seconds later.
    await momentOf(async () => !(await statesOf(emails)).some(({ state }) => state === "queued"));
    expect(await statesOf(emails.slice(-8))).toEqual([{ state: "failed sending_stopped" }]);
    const states = (await statesOf(emails)).map(({ state }) => state);
    expect(states).toContain("sent");
    // A gateway that a busy machine keeps from answering within five seconds may have taken the text.
    for (const state of states) expect(["sent", "delivered", "failed unknown", "failed sending_stopped"]).toContain(state);
    expect(Math.max(...arrivals) - committed).toBeLessThan(1000);
    const before = arrivals.length;
    expect((await kill("sms on")).code).toBe(0);
    await rows.settled();
    expect(arrivals.length, "nothing that was refused goes out later").toBe(before);
  } finally {
    await must(command("provider", a.databaseUrl, ["remove", "sink"]));
    await gateway.close();
  }
});

for (const scripts of [true, false])
  test(`An open page loses the text, names what is stopped and goes on by call, and by recovery code when both are stopped; JavaScript ${scripts ? "on" : "off"}.`, async ({
    browser,
  }) => {
    const known = await register(new Client(a.url));
    await visit(browser, a.url, { scripts }, async (visitor) => {
      const { page } = visitor;
      await become(visitor, (await passPassword(known, new Client(a.url))).client, "/verify");
      const again = async () => (scripts ? undefined : void (await page.reload()));
      const way = (method: string) => page.locator(`button[value="${method}"]`);
      await expect(way("sms")).toHaveCount(1);
      expect((await kill("sms off")).code).toBe(0);
      await again();
      await expect(page.locator(".stopped")).toContainText("止めています: SMS。");
      await expect(page.locator(".stopped")).toContainText("すでに届いている認証コードは");
      await expect(way("sms")).toHaveCount(0);
      await visitor.clean();
      await way("voice").click();
      await expect(page.locator(".road")).toContainText("発信");
      expect((await kill("voice off")).code).toBe(0);
      await again();
      await expect(page.locator(".stopped")).toContainText("SMS、自動音声の電話");
      await expect(way("voice")).toHaveCount(0);
      await way("recovery_code").click();
      await page.waitForURL("**/verify?with=recovery_code");
      await visitor.send({ code: known.codes[1] ?? "" });
      await visitor.at("/account");
    });
  });

async function expectWords(browser: Browser, scripts: boolean, path: string, client: Client | null, words: RegExp) {
  await visit(browser, a.url, { scripts }, async (visitor) => {
    await (client ? become(visitor, client, path) : visitor.open(path));
    await expect(visitor.page.locator("main")).toContainText(words);
    await visitor.clean();
  });
}

test("Somebody without any other way is told what is stopped, that nothing is lost, and what to do; a sign-up says so before it asks for anything.", async ({
  browser,
}) => {
  const alone = await register(new Client(a.url));
  await rows.query("DELETE FROM recovery_codes WHERE user_id = (SELECT id FROM users WHERE email = $1)", alone.email);
  for (const channel of ["sms", "voice", "mail"]) expect((await kill(`${channel} off`)).code).toBe(0);
  const client = new Client(b.url);
  const { body } = expectStatus(await client.post("/sign-in", { identifier: alone.email, password: PASSWORD }), 200);
  expect(body.challenge).toMatchObject({
    methods: [],
    stopped: [{ method: "sms" }, { method: "voice" }],
    delivery: { status: "failed", reason: "sending_stopped" },
  });
  const at = new Client(a.url);
  for (const [name, value] of client.cookies) at.cookies.set(name, value);
  for (const scripts of [true, false]) {
    await expectWords(browser, scripts, "/verify", at, /再開までお待ちください.*お問い合わせ窓口/s);
    await expectWords(browser, scripts, "/sign-up", null, /メールの送信を止めているため、新規登録を受け付けていません/);
  }
  expect((await new Client(a.url).get("/sign-up")).text).not.toContain('name="password"');
  expect(expectStatus(await new Client(b.url).post("/sign-up", { email: "x@example.jp", password: PASSWORD }), 503).body.code).toBe(
    "sending_stopped",
  );
  await rows.query("DELETE FROM sending_stops WHERE channel = 'EMAIL'");
  const binding = await awaitingNumber(a.url);
  await expectWords(browser, true, "/sign-up/phone", binding, /電話番号を登録できません。ここまでの登録は残っています/);
  await rows.query("DELETE FROM sending_stops WHERE channel = 'VOICE'");
  await visit(browser, a.url, {}, async (visitor) => {
    await become(visitor, binding, "/sign-up/phone");
    await expect(visitor.page.locator('[name="channel"][value="sms"]')).toHaveCount(0);
    await visitor.send({ number: freshNumber(), acceptRisk: true });
    await visitor.at("/verify");
  });
});

test("The command lists what is stopped, refuses what would stop nothing and says what still is; the doctor and the metrics tell of it.", async () => {
  expect(await kill()).toEqual({ code: 0, out: "Nothing is stopped.\n" });
  const figure = async (url: string) =>
    /sekisho_sending_stops\{channel="sms"\} (\d+)/.exec(
      await (await fetch(`${url}/api/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).text(),
    )?.[1];
  expect([await figure(a.url), await figure(b.url)]).toEqual(["0", "0"]);
  expect(await kill("sms off --country jp")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/Texts to JP: stopped\.[\s\S]*npm run kill -- sms on --country JP/),
  });
  expect(await kill("sms off --country JP")).toMatchObject({ code: 0, out: expect.stringContaining("stopped already") });
  expect(await kill("sms off --provider demo")).toMatchObject({ code: 0, out: expect.stringContaining("Texts by demo: stopped.") });
  expect([await figure(a.url), await figure(b.url)]).toEqual(["2", "2"]);
  expect(await command("doctor", a.databaseUrl, [])).toMatchObject({
    code: 1,
    out: expect.stringContaining("Texts are stopped by an operator (JP,"),
  });
  expect((await command("doctor", a.databaseUrl, [], { LANG: "ja_JP.UTF-8" })).out).toContain("SMS の送信を止めています（demo、");
  for (const line of [
    "sms",
    "sms up",
    "fax off",
    "sms off --country XX",
    "sms off --provider nowhere",
    "mail off --country JP",
    "sms off on",
    "--country JP",
  ])
    expect((await kill(line)).code, line).toBe(1);
  expect(await openStops("SMS")).toBe(2);
  expect(await kill("sms off")).toMatchObject({ code: 0 });
  // Started, and still stopped by the wider one: the exit code says that what was asked for is not so.
  expect((await kill("sms on --country JP")).code).toBe(1);
  expect(await kill("sms on")).toMatchObject({ code: 0, out: expect.stringMatching(/Texts: started\.[\s\S]*by demo/) });
  const audited = await rows.query<{ event: string; method: string }>(
    "SELECT event, regexp_replace(method, ' cli:[A-Za-z0-9_.-]+$', '') AS method FROM audit_events WHERE event LIKE 'sending.%' ORDER BY id DESC LIMIT 5",
  );
  expect(audited.reverse().map(({ event, method }) => `${event} ${method}`)).toEqual([
    "sending.stopped sms JP",
    "sending.stopped sms demo",
    "sending.stopped sms",
    "sending.started sms JP",
    "sending.started sms",
  ]);
});

test("A suspended account is out of both servers at once and stays out with the right password; resumed, it signs in again; unknown addresses are refused.", async () => {
  const known = await register(new Client(a.url));
  const signed = [new Client(a.url), new Client(b.url)].map((client) => {
    for (const [name, value] of known.client.cookies) client.cookies.set(name, value);
    return client;
  });
  const begun = (await passPassword(known, new Client(b.url))) as { client: Client; code: string };
  expect(await admin("suspend", known.email, "--reason", "asked by phone")).toMatchObject({
    code: 0,
    out: expect.stringContaining("1 session ended"),
  });
  for (const client of signed) expectStatus(await client.get("/api/v1/session"), 401);
  expect((await begun.client.post("/challenge/verify", { code: begun.code })).status).toBe(410);
  for (const url of [a.url, b.url])
    expect(expectStatus(await new Client(url).post("/sign-in", { identifier: known.email, password: PASSWORD }), 401).body.code).toBe(
      "credentials_wrong",
    );
  expect((await new Client(a.url).message(known.email)).text).toContain("利用を止め");
  expect(await admin("suspend", known.email)).toMatchObject({ code: 0, out: expect.stringContaining("suspended already") });
  expect((await admin("resume", known.email)).code).toBe(0);
  const back = await passPassword(known, new Client(b.url));
  expectStatus(await back.client.post("/challenge/verify", { code: back.code }), 200);
  expect(await admin("sessions:end", known.email)).toMatchObject({ code: 0, out: expect.stringContaining("1 session ended") });
  expectStatus(await back.client.get("/api/v1/session"), 401);
  for (const args of [
    ["suspend"],
    ["suspend", "nobody@example.jp"],
    ["resume", "no address"],
    ["nothing", known.email],
    ["suspend", known.email, "x"],
    ["suspend", known.email, "--reason", " "],
  ]) {
    const { code, out } = await admin(...args);
    expect([code, out], args.join(" ")).toEqual([1, expect.not.stringContaining("    at ")]);
  }
  // The owner reads it in plain words.
  const after = await passPassword(known, new Client(a.url));
  expectStatus(await after.client.post("/challenge/verify", { code: after.code }), 200);
  const activity = (await after.client.get("/account/activity")).text;
  for (const words of ["利用を止めました", "利用を再開しました", "すべての端末をログアウトさせました"]) expect(activity).toContain(words);
});
