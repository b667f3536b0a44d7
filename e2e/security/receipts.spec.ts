import { answers, type Loopback } from "../../lib/testing/loopback.ts";
import type { Person } from "../support/api.ts";
import { test as base, expect, HOST, PRODUCTION } from "../support/fixtures.ts";
import { askAs, type PlainAnswer } from "../support/plain.ts";
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  addTwilio,
  addWebhook,
  codeIn,
  command,
  MESSAGE_SID,
  must,
  openGateway,
  passAt,
  SECRET,
  signed,
  toldTo,
  twilioSignature,
} from "../support/provider.ts";

// A receipt changes only the delivery state, once and only forward, and only with the provider's proof over the configured public address. Runs in
// production on two servers behind a proxy (WH-01 to WH-04, H01, H03, H04, H05).

type Ask = (path: string, body?: string, headers?: Record<string, string>, method?: string) => Promise<PlainAnswer>;
type Waiting = { cookie: string; attemptId: string; code: string };

const test = base.extend<{ ask: Ask; waiting: () => Promise<Waiting> }, { gateways: { hook: Loopback; twilio: Loopback } }>({
  // Every test has both accounts, because forgeries and the routing order refer to the other one.
  gateways: [
    async ({ database }, use) => {
      const [hook, twilio] = [await openGateway(), await openGateway()];
      twilio.answer(answers(201, { sid: MESSAGE_SID, status: "queued" }));
      await addWebhook(database, "hook", hook, 10, PRODUCTION);
      await addTwilio(database, "tw", twilio, 20, PRODUCTION);
      await use({ hook, twilio });
      await Promise.all([hook.close(), twilio.close()]);
    },
    { scope: "worker" },
  ],
  // Each request goes to the other server.
  ask: async ({ server, second }, use) => {
    let turn = 0;
    await use((path, body = "", headers = {}, method = "POST") =>
      askAs(HOST, [server, second][turn++ % 2]?.port ?? 0, { method, path, headers, ...(method === "POST" ? { text: body } : {}) }),
    );
  },
  // A person who waits for a text that the gateway accepted.
  waiting: ({ server, rows, gateways: { hook }, people }, use) =>
    use(async () => {
      const person = people.shift() as Person;
      const before = hook.arrived.length;
      const cookie = await passAt(HOST, server.port, person.email);
      await expect.poll(() => hook.arrived.length).toBe(before + 1);
      await rows.settled();
      const told = toldTo(hook).at(-1);
      return { cookie, attemptId: told?.attemptId ?? "", code: codeIn(told?.text ?? "") };
    }),
});
test.use({ serverSettings: { ...PRODUCTION }, peopleBefore: 8 });

const challenge = async (ask: Ask, { cookie }: Waiting) => JSON.parse((await ask("/api/v1/challenge", "", { cookie }, "GET")).body);
const delivery = async (ask: Ask, one: Waiting) => (await challenge(ask, one)).delivery as { status: string; reason?: string };
const receipt = (attemptId: string, status: string, more: object = {}) => JSON.stringify({ attemptId, status, ...more });
const say = (ask: Ask, attemptId: string, status: string, more: object = {}) => {
  const body = receipt(attemptId, status, more);
  return ask("/api/receipts/hook", body, signed(body));
};

test("A webhook's receipt with anything wrong about its proof changes nothing at either server.", async ({
  server,
  second,
  rows,
  gateways: { hook },
  ask,
  waiting,
}) => {
  const person = await waiting();
  const body = receipt(person.attemptId, "delivered");
  const good = signed(body);
  const mac = good["sekisho-signature"] ?? "";
  const other = (over: Record<string, string>) => ({ ...good, ...over });
  const key = new URL(toldTo(hook).at(-1)?.receiptUrl ?? "").searchParams.get("key");
  expect(key).toMatch(/^[\w-]{43}$/);
  const forgeries: Record<string, [path: string, body: string, headers: Record<string, string>, method?: string]> = {
    "no headers": ["/api/receipts/hook", body, {}],
    "the key of its address alone": [`/api/receipts/hook?key=${key}`, body, { "content-type": "application/json" }],
    "no signature": ["/api/receipts/hook", body, { "sekisho-timestamp": good["sekisho-timestamp"] ?? "" }],
    "an empty signature": ["/api/receipts/hook", body, other({ "sekisho-signature": "" })],
    "no timestamp": ["/api/receipts/hook", body, { "sekisho-signature": mac }],
    "another timestamp": ["/api/receipts/hook", body, other({ "sekisho-timestamp": String(Number(good["sekisho-timestamp"]) + 1) })],
    "a timestamp that is none": ["/api/receipts/hook", body, other({ "sekisho-timestamp": "now" })],
    "another secret": ["/api/receipts/hook", body, signed(body, { secret: `${SECRET}x` })],
    "an empty secret": ["/api/receipts/hook", body, signed(body, { secret: "" })],
    "no scheme": ["/api/receipts/hook", body, other({ "sekisho-signature": mac.slice(3) })],
    "another scheme": ["/api/receipts/hook", body, other({ "sekisho-signature": mac.replace("v1", "v0") })],
    "capital letters": ["/api/receipts/hook", body, other({ "sekisho-signature": mac.toUpperCase() })],
    "a signature cut short": ["/api/receipts/hook", body, other({ "sekisho-signature": mac.slice(0, -1) })],
    "two signatures": ["/api/receipts/hook", body, other({ "sekisho-signature": `v1=${"0".repeat(64)}, ${mac}` })],
    "signed six minutes ago": ["/api/receipts/hook", body, signed(body, { at: Date.now() - 360_000 })],
    "signed in six minutes": ["/api/receipts/hook", body, signed(body, { at: Date.now() + 360_000 })],
    "another order of members": ["/api/receipts/hook", JSON.stringify({ status: "delivered", attemptId: person.attemptId }), good],
    "a member more": ["/api/receipts/hook", receipt(person.attemptId, "delivered", { reason: "unknown" }), good],
    "a space more": ["/api/receipts/hook", `${body} `, good],
    "another status": ["/api/receipts/hook", body.replace("delivered", "undelivered"), good],
    "the signature of a form": ["/api/receipts/hook", `attemptId=${person.attemptId}&status=delivered`, good],
    "no body": ["/api/receipts/hook", "", good],
    "another account of ours": ["/api/receipts/tw", body, good],
    "the demo network": ["/api/receipts/demo", body, good],
    "no account": ["/api/receipts/nobody", body, good],
    "an account in capitals": ["/api/receipts/HOOK", body, good],
    "the voice of an account that has none": [`/api/receipts/hook/voice?attempt=${person.attemptId}`, body, good],
    "a longer path": ["/api/receipts/hook/x", body, good],
    GET: ["/api/receipts/hook", "", good, "GET"],
    DELETE: ["/api/receipts/hook", "", good, "DELETE"],
  };
  const before = await rows.state();
  for (const [what, [path, text, headers, method]] of Object.entries(forgeries))
    for (const { port } of [server, second]) {
      const asked = { method: method ?? "POST", path, headers, ...(method ? {} : { text }) };
      const { status } = await askAs(HOST, port, asked);
      expect([403, 404, 405], `${what}: ${status}`).toContain(status);
    }
  for (const host of ["evil.example", `localhost:${server.port}`, `${HOST}.evil.example`])
    expect((await askAs(host, server.port, { method: "POST", path: "/api/receipts/hook", headers: good, text: body })).status, host).toBe(
      421,
    );
  expect(await rows.state()).toEqual(before);
  expect((await ask("/api/receipts/hook", body, good)).status).toBe(204);
  expect((await delivery(ask, person)).status).toBe("delivered");
});

test("Twilio's receipt is believed for its configured https address and every parameter, and for nothing else.", async ({
  server,
  rows,
  database,
  gateways: { twilio },
  people,
  ask,
}) => {
  await must(command("provider", database, ["order", "tw"], PRODUCTION));
  const cookie = await passAt(HOST, server.port, (people.shift() as Person).email);
  await expect.poll(() => twilio.arrived.length).toBe(1);
  await rows.settled();
  const url = new URLSearchParams(twilio.arrived[0]?.body.toString()).get("StatusCallback") ?? "";
  await must(command("provider", database, ["order", "hook"], PRODUCTION));
  expect(url).toMatch(new RegExp(`^https://${HOST}/api/receipts/tw\\?key=[\\w-]+&attempt=[0-9a-f-]{36}$`));
  const [, path = ""] = url.split(HOST);
  const form = { AccountSid: ACCOUNT_SID, MessageSid: MESSAGE_SID, MessageStatus: "delivered", ApiVersion: "2010-04-01" };
  const body = new URLSearchParams(form).toString();
  const post = (text: string, signature: string, to = path, more: Record<string, string> = {}) =>
    ask(to, text, { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature, ...more });
  const good = twilioSignature(url, body);
  const foreign = new URLSearchParams({ ...form, AccountSid: ACCOUNT_SID.replace("AC0", "AC1") }).toString();
  const forgeries: Record<string, Promise<PlainAnswer>> = {
    none: ask(path, body, { "content-type": "application/x-www-form-urlencoded" }),
    empty: post(body, ""),
    "another token": post(body, twilioSignature(url, body, AUTH_TOKEN.replace("f", "e"))),
    http: post(body, twilioSignature(url.replace("https", "http"), body)),
    "the address the server hears": post(body, twilioSignature(url.replace(`https://${HOST}`, `http://localhost:${server.port}`), body)),
    "another host, named by headers": post(body, twilioSignature(url.replace(HOST, "evil.example"), body), path, {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      "x-original-url": path,
    }),
    "another port": post(body, twilioSignature(url.replace(HOST, `${HOST}:8443`), body)),
    "a query more": post(body, good, `${path}&x=1`),
    "the query in another order": post(body, good, path.replace(/\?(key=[^&]+)&(attempt=.+)$/, "?$2&$1")),
    "another attempt": post(
      body,
      good,
      path.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    ),
    "a parameter more": post(`${body}&ErrorCode=30003`, good),
    "a parameter less": post(body.replace("&ApiVersion=2010-04-01", ""), good),
    "a parameter twice": post(`${body}&MessageStatus=undelivered`, good),
    "a parameter twice, the other first": post(`MessageStatus=undelivered&${body}`, good),
    "another value": post(body.replace("=delivered", "=undelivered"), good),
    JSON: post(JSON.stringify(form), good, path, { "content-type": "application/json" }),
    "JSON, signed as it is": post(JSON.stringify(form), twilioSignature(url, JSON.stringify(form)), path, {
      "content-type": "application/json",
    }),
    "another account of Twilio's, signed": post(foreign, twilioSignature(url, foreign)),
    "a webhook's proof": ask(path, body, signed(body)),
  };
  const before = await rows.state();
  for (const [what, asked] of Object.entries(forgeries)) expect((await asked).status, what).toBe(403);
  expect(await rows.state()).toEqual(before);
  expect((await post(body.split("&").reverse().join("&"), good)).status).toBe(204);
  const { delivery: now } = JSON.parse((await ask("/api/v1/challenge", "", { cookie }, "GET")).body);
  expect(now.status).toBe("delivered");
});

test("Fifty copies at once at two servers are one transition, and a replay later is none.", async ({ rows, ask, waiting }) => {
  const person = await waiting();
  const body = receipt(person.attemptId, "undelivered", { reason: "no_sms_service" });
  const headers = signed(body);
  const burst = () => Promise.all(Array.from({ length: 50 }, () => ask("/api/receipts/hook", body, headers)));
  expect(new Set((await burst()).map(({ status }) => status))).toEqual(new Set([204]));
  expect(await challenge(ask, person)).toMatchObject({
    sendsLeft: 5,
    delivery: { status: "undelivered", reason: "no_sms_service" },
  });
  const after = await rows.state();
  await burst();
  await rows.query("UPDATE clock SET offset_seconds = 2592000");
  try {
    expect((await ask("/api/receipts/hook", body, headers)).status).toBe(204);
  } finally {
    await rows.query("UPDATE clock SET offset_seconds = 0");
  }
  expect(await rows.state()).toEqual(after);
});

test("Whatever comes late or out of order, a text's state goes forward only.", async ({ ask, waiting }) => {
  const [first, later] = [await waiting(), await waiting()];
  const told = async (person: Waiting, status: string, more = {}) => {
    expect((await say(ask, person.attemptId, status, more)).status).toBe(204);
    const { status: now, reason } = await delivery(ask, person);
    return reason ? `${now} ${reason}` : now;
  };
  expect(await told(first, "sent")).toBe("sent");
  expect(await told(first, "delivered")).toBe("delivered");
  for (const late of ["sent", "undelivered", "failed", "delivered"])
    expect(await told(first, late, { reason: "landline" })).toBe("delivered");
  expect(await told(later, "undelivered", { reason: "not_reachable" })).toBe("undelivered not_reachable");
  for (const late of ["sent", "delivered", "failed"])
    expect(await told(later, late, { reason: "landline" })).toBe("undelivered not_reachable");
});

test("A receipt is no lever: it verifies nothing, counts nothing, opens nothing, and gives back two sends at most.", async ({
  rows,
  ask,
  waiting,
}) => {
  const person = await waiting();
  const strangers = await waiting();
  const guarded =
    "SELECT c.attempts, c.consumed_at, c.voided_at, c.expires_at, u.factor_failures, u.locked_until, p.failures FROM challenges c JOIN users u ON u.id = c.user_id JOIN account_phones p ON p.user_id = u.id ORDER BY c.id";
  const verify = (code: string) =>
    ask("/api/v1/challenge/verify", JSON.stringify({ code }), {
      "content-type": "application/json",
      cookie: person.cookie,
    });
  for (const step of [1, 2]) expect((await verify(String((Number(person.code) + step) % 1_000_000).padStart(6, "0"))).status).toBe(422);
  const before = await rows.query(guarded);
  const sessions = await rows.count("SELECT count(*) FROM sessions");
  for (const status of ["sent", "undelivered", "failed", "delivered"])
    for (const reason of ["opted_out", "invalid_number"]) await say(ask, person.attemptId, status, { reason });
  // An attempt that does not exist, and one of another account (Twilio has neither).
  expect((await say(ask, crypto.randomUUID(), "delivered")).status).toBe(204);
  const form = new URLSearchParams({ AccountSid: ACCOUNT_SID, MessageSid: MESSAGE_SID, MessageStatus: "delivered" }).toString();
  const path = `/api/receipts/tw?attempt=${strangers.attemptId}`;
  const signature = twilioSignature(`https://${HOST}${path}`, form);
  const headers = { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature };
  expect((await ask(path, form, headers)).status).toBe(204);
  expect((await delivery(ask, strangers)).status).toBe("sent");
  expect(await rows.query(guarded)).toEqual(before);
  expect(await rows.count("SELECT count(*) FROM sessions")).toBe(sessions);
  expect(await challenge(ask, person)).toMatchObject({ attemptsLeft: 3, sendsLeft: 5 });
  const right = await verify(person.code);
  expect([right.status, JSON.parse(right.body).next]).toEqual([200, "done"]);
  // A failure receipt after the sign-in does not affect the session.
  for (const status of ["undelivered", "failed"]) await say(ask, person.attemptId, status, { reason: "opted_out" });
  expect(await rows.count("SELECT count(*) FROM sessions")).toBe(sessions + 1);
  expect(await rows.count("SELECT max(sends_refunded) AS count FROM challenges")).toBeLessThanOrEqual(2);
});
