import { type Answering, answers, type Loopback } from "../../lib/testing/loopback.ts";
import { test as base, expect, HOST, PRODUCTION } from "../support/fixtures.ts";
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
import type { Instance } from "../support/server.ts";

// Provider secrets appear in no log (at debug), table, answer or command output, even if a provider echoes its request (caveat 2, PH-03, LG-02).
// Only the calling provider receives a call's code, and only after the key press (PSTN-09, H12).

const DEBUG = { ...PRODUCTION, LOG_LEVEL: "debug" };
const TOKEN = "never-to-be-seen-karaden-token-0123456789";
const told: string[] = [];

const ask = async (server: Instance, method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const answer = await askAs(HOST, server.port, { method, path, headers, ...(body === undefined ? {} : { text: body }) });
  told.push(answer.body, JSON.stringify(answer.headers));
  return answer;
};
const run = async (database: string, args: string[], more: Record<string, string> = {}): Promise<Ran> => {
  const ran = await command("provider", database, args, { ...DEBUG, ...more });
  told.push(ran.out);
  return ran;
};

const test = base.extend<object, { hook: Loopback; twilio: Loopback; karaden: Loopback }>({
  hook: [
    async ({ database }, use) => {
      const hook = await openGateway();
      told.push(await addWebhook(database, "hook", hook, 10, DEBUG));
      await use(hook);
      await hook.close();
    },
    { scope: "worker" },
  ],
  twilio: [
    async ({ database, hook: _ }, use) => {
      const twilio = await openGateway();
      told.push(await addTwilio(database, "tw", twilio, 20, DEBUG));
      await use(twilio);
      await twilio.close();
    },
    { scope: "worker" },
  ],
  karaden: [
    async ({ database, twilio: _ }, use) => {
      const karaden = await openGateway();
      const settings = ["--set", "tenantId=t1", "--set", "serviceId=7", "--base-url", `${karaden.url}/api`, "--order", "30"];
      told.push(await must(run(database, ["add", "kar", "--kind", "karaden", ...settings], { PROVIDER_TOKEN: TOKEN })));
      await use(karaden);
      await karaden.close();
    },
    { scope: "worker" },
  ],
});
test.use({ serverSettings: { ...DEBUG }, peopleBefore: 2 });

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

test("No secret of an account is in the log, the database, an answer or a command, whatever providers throw back.", async ({
  server,
  rows,
  people,
  hook,
  twilio,
  karaden,
  database,
}) => {
  test.setTimeout(90_000);
  for (const days of [
    [echo(401), echo(500), echo(400)],
    [echo(200), reset, echo(200)],
    [echo(403), echo(422), reset],
  ]) {
    for (const [index, gateway] of [hook, twilio, karaden].entries()) gateway.answer(days[index] as Answering);
    await rows.query("DELETE FROM provider_health");
    await passAt(HOST, server.port, people[0]?.email ?? "").catch(() => undefined);
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
  expect((await ask(server, "POST", "/api/receipts/hook", bad, signed(bad))).status).toBe(422);
  for (const args of [
    ["list"],
    ["list", "--json"],
    ["change", "hook", "--price", "x"],
    ["add", "hook", "--kind", "webhook", "--base-url", hook.url],
    ["order", "hook"],
  ])
    await run(database, args, { PROVIDER_SECRET: SECRET, PROVIDER_AUTH_TOKEN: AUTH_TOKEN, PROVIDER_TOKEN: TOKEN });
  expect(
    (
      await run(database, ["add", "worse", "--kind", "webhook", "--base-url", hook.url, "--set", `check=${SECRET.slice(0, 3)}`], {
        PROVIDER_SECRET: "short-never-to-be-seen",
      })
    ).out,
  ).not.toContain("short-never");
  // The secrets of an account do not open: the error names the account and nothing else.
  await rows.query(
    "UPDATE provider_accounts SET secrets_sealed = (SELECT secrets_sealed FROM provider_accounts WHERE name = 'tw'), version = version + 1 WHERE name = 'hook'",
  );
  await rows.query("DELETE FROM provider_health");
  await passAt(HOST, server.port, people[1]?.email ?? "");
  await rows.settled();
  expect((await run(database, ["list", "hook"])).out).toMatch(/cannot be read with these APP_KEYS/);
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

test("A call's code is in nothing that the provider is given, until Twilio asks, signed, with the key that was pressed.", async ({
  server,
  rows,
  people,
  twilio,
  karaden,
  database,
}) => {
  twilio.answer(answers(201, { sid: CALL_SID, status: "queued" }));
  twilio.arrived.splice(0);
  karaden.answer(answers(500));
  await rows.query("DELETE FROM provider_health");
  await rows.query("DELETE FROM limit_hits");
  await must(run(database, ["order", "tw", "--channel", "voice"]));
  const cookie = await passAt(HOST, server.port, people[0]?.email ?? "");
  await rows.settled();
  const code = codeIn(twilio.arrived.map((arrived) => formOf(arrived).get("Body") ?? "").join());
  expect(code).toMatch(/^\d{6}$/);
  twilio.arrived.splice(0);
  const headers = { "content-type": "application/json", cookie };
  expect((await ask(server, "POST", "/api/v1/challenge/send", '{"method":"voice"}', headers)).status).toBe(202);
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
    return ask(server, "POST", to, body, { "content-type": "application/x-www-form-urlencoded", ...signature });
  };
  const unsigned = new URLSearchParams({ AccountSid: ACCOUNT_SID, CallSid: CALL_SID, Digits: "1" }).toString();
  const strangers = {
    "nobody's proof": await ask(server, "POST", path, unsigned, { "content-type": "application/x-www-form-urlencoded" }),
    "another token": await say({ Digits: "1" }, AUTH_TOKEN.replace("f", "e")),
    "no key": await say({}),
    "no key pressed": await say({ Digits: "" }),
    "a key that is none": await say({ Digits: "1; say" }),
    "the webhook's proof": await ask(server, "POST", path, unsigned, signed(unsigned)),
    "another account's door": await say({ Digits: "1" }, AUTH_TOKEN, path.replace("/tw/", "/kar/")),
    GET: await ask(server, "GET", path),
  };
  for (const [who, { status, body }] of Object.entries(strangers)) {
    expect([403, 405], who).toContain(status);
    expect(body, who).not.toContain(spoken);
  }
  const other = await say({ Digits: "1" }, AUTH_TOKEN, path.replace(/attempt=.*/, `attempt=${crypto.randomUUID()}`));
  expect([other.status, other.body]).toEqual([200, expect.stringMatching(/^<\?xml[^>]+><Response><Hangup\/><\/Response>$/)]);
  const state = async () => JSON.parse((await ask(server, "GET", "/api/v1/challenge", undefined, { cookie })).body).delivery.status;
  expect(await state()).toBe("sent");

  const pressed = await say({ Digits: "1" });
  expect([pressed.status, pressed.headers["content-type"], pressed.headers["cache-control"]]).toEqual([
    200,
    "text/xml; charset=utf-8",
    "no-store",
  ]);
  expect(pressed.body.split(spoken)).toHaveLength(4);
  expect(await state()).toBe("delivered");
  expect((await ask(server, "POST", "/api/v1/challenge/verify", JSON.stringify({ code, method: "voice" }), headers)).status).toBe(200);
  expect((await say({ Digits: "1" })).body).not.toContain(spoken);
});
