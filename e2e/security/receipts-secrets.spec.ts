import { expect, test } from "@playwright/test";
import { type Answering, answers, type Loopback } from "../../lib/testing/loopback.ts";
import { dropDatabase, newDatabase } from "../../scripts/test/cluster.ts";
import { Client, type Person, register } from "../support/api.ts";
import { askAs } from "../support/plain.ts";
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  addTwilio,
  addWebhook,
  CALL_SID,
  codeIn,
  command,
  formOf,
  must,
  openGateway,
  passAt,
  type Ran,
  SECRET,
  signed,
  twilioSignature,
} from "../support/provider.ts";
import { openRows, type Rows } from "../support/rows.ts";
import { clusterUrl, type Instance, startInstance } from "../support/server.ts";

// Provider secrets appear in no log (at debug), table, answer or command output, even if a provider echoes its request (caveat 2, PH-03, LG-02).
// Only the calling provider receives a call's code, and only after the key press (PSTN-09, H12).

const HOST = "auth.example.test";
const PRODUCTION = {
  SEKISHO_MODE: "production",
  APP_URL: `https://${HOST}`,
  LISTEN_HOST: "127.0.0.1",
  TRUSTED_PROXIES: "none",
  LOG_LEVEL: "debug",
};
const TOKEN = "never-to-be-seen-karaden-token-0123456789";
let server: Instance;
let rows: Rows;
let databaseUrl: string;
let person: Person;
let other: Person;
let [hook, twilio, karaden] = [] as unknown as [Loopback, Loopback, Loopback];
const told: string[] = [];

const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const answer = await askAs(HOST, server.port, { method, path, headers, ...(body === undefined ? {} : { text: body }) });
  told.push(answer.body, JSON.stringify(answer.headers));
  return answer;
};
const run = async (args: string[], more: Record<string, string> = {}): Promise<Ran> => {
  const ran = await command("provider", databaseUrl, args, { ...PRODUCTION, ...more });
  told.push(ran.out);
  return ran;
};

test.beforeAll(async () => {
  databaseUrl = await newDatabase(clusterUrl());
  const demo = await startInstance({ databaseUrl, env: { SEKISHO_LIMITS: "bench" } });
  [person, other] = [await register(new Client(demo.url)), await register(new Client(demo.url))];
  await demo.stop();
  [hook, twilio, karaden] = [await openGateway(), await openGateway(), await openGateway()];
  told.push(await addWebhook(databaseUrl, "hook", hook, 10, PRODUCTION));
  told.push(await addTwilio(databaseUrl, "tw", twilio, 20, PRODUCTION));
  const settings = ["--set", "tenantId=t1", "--set", "serviceId=7", "--base-url", `${karaden.url}/api`, "--order", "30"];
  told.push(await must(run(["add", "kar", "--kind", "karaden", ...settings], { PROVIDER_TOKEN: TOKEN })));
  server = await startInstance({ databaseUrl, env: PRODUCTION });
  rows = await openRows(databaseUrl);
});
test.afterAll(async () => {
  await rows.close();
  await server.stop();
  await Promise.all([hook, twilio, karaden].map((gateway) => gateway.close()));
  await dropDatabase(databaseUrl);
});

/** Answers that echo the request, as debugging proxies and error pages do. */
const echo =
  (status: number): Answering =>
  ({ headers, body }, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(
      JSON.stringify({
        error: headers.authorization ?? SECRET,
        message: `${SECRET} ${AUTH_TOKEN} ${TOKEN}`,
        body: body.toString(),
        reason: SECRET,
      }),
    );
const reset: Answering = (_, response) => void response.socket?.resetAndDestroy();

const basic = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64");
const secrets = [SECRET, AUTH_TOKEN, TOKEN, basic].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(secret).toString("hex"),
]);
const seen = (text: string) => secrets.filter((secret) => text.includes(secret));

test("No secret of an account is in the log, the database, an answer or a command, whatever providers throw back.", async () => {
  test.setTimeout(90_000);
  for (const days of [
    [echo(401), echo(500), echo(400)],
    [echo(200), reset, echo(200)],
    [echo(403), echo(422), reset],
  ]) {
    for (const [index, gateway] of [hook, twilio, karaden].entries()) gateway.answer(days[index] as Answering);
    await rows.query("DELETE FROM provider_health");
    await passAt(HOST, server.port, person.email).catch(() => undefined);
    await rows.query("DELETE FROM limit_hits");
    await rows.settled();
  }
  expect(hook.arrived.length + twilio.arrived.length + karaden.arrived.length).toBeGreaterThanOrEqual(6);
  for (const path of [
    `/api/receipts/hook?key=${SECRET}`,
    `/api/receipts/tw?token=${AUTH_TOKEN}`,
    `/api/receipts/kar?key=${TOKEN}`,
    `/api/receipts/tw/voice?x=${AUTH_TOKEN}`,
  ])
    for (const body of [SECRET, "{", `{"attemptId":"${TOKEN}"}`]) {
      // Only the status counts: an answer may repeat what its own client sent.
      const { status } = await askAs(HOST, server.port, {
        method: "POST",
        path,
        text: body,
        headers: { authorization: `Bearer ${TOKEN}`, "sekisho-signature": SECRET },
      });
      expect(status, path).toBe(403);
    }
  const bad = "{}";
  expect((await ask("POST", "/api/receipts/hook", bad, signed(bad))).status).toBe(422);
  for (const args of [
    ["list"],
    ["list", "--json"],
    ["change", "hook", "--price", "x"],
    ["add", "hook", "--kind", "webhook", "--base-url", hook.url],
    ["order", "hook"],
  ])
    await run(args, { PROVIDER_SECRET: SECRET, PROVIDER_AUTH_TOKEN: AUTH_TOKEN, PROVIDER_TOKEN: TOKEN });
  expect(
    (
      await run(["add", "worse", "--kind", "webhook", "--base-url", hook.url, "--set", `check=${SECRET.slice(0, 3)}`], {
        PROVIDER_SECRET: "short-never-to-be-seen",
      })
    ).out,
  ).not.toContain("short-never");
  // The secrets of an account do not open: the error names the account and nothing else.
  await rows.query(
    "UPDATE provider_accounts SET secrets_sealed = (SELECT secrets_sealed FROM provider_accounts WHERE name = 'tw'), version = version + 1 WHERE name = 'hook'",
  );
  await rows.query("DELETE FROM provider_health");
  await passAt(HOST, server.port, other.email);
  await rows.settled();
  expect((await run(["list", "hook"])).out).toMatch(/cannot be read with these APP_KEYS/);
  expect(server.log()).toContain("provider.unusable");
  expect(server.log()).toContain('"level":"error"');
  expect({ log: seen(server.log()), tables: seen(await rows.dump()), answers: seen(told.join("\n")) }).toEqual({
    log: [],
    tables: [],
    answers: [],
  });
  // Proves that the search works: each gateway received its credential.
  expect(seen(karaden.arrived.map(({ headers }) => String(headers.authorization)).join())).toContain(TOKEN);
  expect(seen(twilio.arrived.map(({ headers }) => String(headers.authorization)).join())).toContain(basic);
});

test("A call's code is in nothing that the provider is given, until Twilio asks, signed, with the key that was pressed.", async () => {
  twilio.answer(answers(201, { sid: CALL_SID, status: "queued" }));
  twilio.arrived.splice(0);
  karaden.answer(answers(500));
  await rows.query("DELETE FROM provider_health");
  await rows.query("DELETE FROM limit_hits");
  await must(run(["order", "tw", "--channel", "voice"]));
  const cookie = await passAt(HOST, server.port, person.email);
  await rows.settled();
  const code = codeIn(twilio.arrived.map((arrived) => formOf(arrived).get("Body") ?? "").join());
  expect(code).toMatch(/^\d{6}$/);
  twilio.arrived.splice(0);
  const headers = { "content-type": "application/json", cookie };
  expect((await ask("POST", "/api/v1/challenge/send", '{"method":"voice"}', headers)).status).toBe(202);
  await expect.poll(() => twilio.arrived.length).toBe(1);
  await rows.settled();
  const [call] = twilio.arrived;
  const form = formOf(call as NonNullable<typeof call>);
  const digits: Record<string, string> = {
    0: "ゼロ",
    1: "いち",
    2: "にー",
    3: "さん",
    4: "よん",
    5: "ごー",
    6: "ろく",
    7: "なな",
    8: "はち",
    9: "きゅう",
  };
  const spell = (part: string) => [...part].map((digit) => digits[digit]).join("、");
  const spoken = `${spell(code.slice(0, 3))}。${spell(code.slice(3))}`;
  const given = `${call?.path} ${JSON.stringify(call?.headers)} ${form}`;
  for (const secret of [code, spoken, [...code].join(" ")]) expect(decodeURIComponent(given.replaceAll("+", " "))).not.toContain(secret);
  const action = /action="([^"]+)"/.exec(form.get("Twiml") ?? "")?.[1]?.replaceAll("&amp;", "&") ?? "";
  expect(action).toMatch(new RegExp(`^https://${HOST}/api/receipts/tw/voice\\?attempt=[0-9a-f-]{36}$`));
  const path = action.replace(`https://${HOST}`, "");

  const say = (fields: Record<string, string>, token = AUTH_TOKEN, to = path) => {
    const body = new URLSearchParams({ AccountSid: ACCOUNT_SID, CallSid: CALL_SID, CallStatus: "in-progress", ...fields }).toString();
    const signature = { "x-twilio-signature": twilioSignature(`https://${HOST}${to}`, body, token) };
    return ask("POST", to, body, { "content-type": "application/x-www-form-urlencoded", ...signature });
  };
  const unsigned = new URLSearchParams({ AccountSid: ACCOUNT_SID, CallSid: CALL_SID, Digits: "1" }).toString();
  const strangers = {
    "nobody's proof": await ask("POST", path, unsigned, { "content-type": "application/x-www-form-urlencoded" }),
    "another token": await say({ Digits: "1" }, AUTH_TOKEN.replace("f", "e")),
    "no key": await say({}),
    "no key pressed": await say({ Digits: "" }),
    "a key that is none": await say({ Digits: "1; say" }),
    "the webhook's proof": await ask("POST", path, unsigned, signed(unsigned)),
    "another account's door": await say({ Digits: "1" }, AUTH_TOKEN, path.replace("/tw/", "/kar/")),
    GET: await ask("GET", path),
  };
  for (const [who, { status, body }] of Object.entries(strangers)) {
    expect([403, 405], who).toContain(status);
    expect(body, who).not.toContain(spoken);
  }
  const other = await say({ Digits: "1" }, AUTH_TOKEN, path.replace(/attempt=.*/, `attempt=${crypto.randomUUID()}`));
  expect([other.status, other.body]).toEqual([200, expect.stringMatching(/^<\?xml[^>]+><Response><Hangup\/><\/Response>$/)]);
  const state = async () => JSON.parse((await ask("GET", "/api/v1/challenge", undefined, { cookie })).body).delivery.status;
  expect(await state()).toBe("sent");

  const pressed = await say({ Digits: "1" });
  expect([pressed.status, pressed.headers["content-type"], pressed.headers["cache-control"]]).toEqual([
    200,
    "text/xml; charset=utf-8",
    "no-store",
  ]);
  expect(pressed.body.split(spoken)).toHaveLength(4);
  expect(await state()).toBe("delivered");
  expect((await ask("POST", "/api/v1/challenge/verify", JSON.stringify({ code, method: "voice" }), headers)).status).toBe(200);
  expect((await say({ Digits: "1" })).body).not.toContain(spoken);
});
