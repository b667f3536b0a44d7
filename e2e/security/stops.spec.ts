import { setTimeout as sleep } from "node:timers/promises";
import type { Loopback } from "../../lib/testing/loopback.ts";
import { type ChallengeJson, Client, expectStatus, PASSWORD, passPassword, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { addWebhook, command, manyAccounts, must, openGateway } from "../support/provider.ts";
import type { Rows } from "../support/rows.ts";
import type { Instance } from "../support/server.ts";

// An operator's stop and start by command apply to two servers within a second, even under load, and a refused text is never sent later (J08, F13,
// FR-03).

const TOKEN = "a-token-for-the-metrics-of-the-stops";

test.use({ serverSettings: { METRICS_TOKEN: TOKEN, SEKISHO_LIMITS: "bench", TRUSTED_PROXIES: "127.0.0.1/32" } });
test.afterEach(({ rows }) => rows.query("DELETE FROM sending_stops"));

const kill = (server: Instance, line = "", env: Record<string, string> = {}) =>
  command("kill", server.databaseUrl, line.split(" ").filter(Boolean), env);
const challengeOf = async (client: Client) => (await client.get("/api/v1/challenge")).body as unknown as ChallengeJson;
const methodsOf = async (client: Client) => (await challengeOf(client)).methods.map(({ method }) => method);
const openStops = (rows: Rows, channel: string) =>
  rows.count(`SELECT count(*) FROM sending_stops WHERE ended_at IS NULL AND channel = '${channel}'`);

/** Passes the password from its own address; retries while a busy machine answers 503. */
async function signInFrom(ip: string, client: Client, identifier: string): Promise<void> {
  for (;;) {
    const answer = await client.call("POST", "/api/v1/sign-in", { identifier, password: PASSWORD }, { "x-forwarded-for": ip });
    if (answer.body.code !== "unavailable") return void expectStatus(answer, 200);
    await sleep(200);
  }
}

/** Polls every 5 ms and returns the time at which the condition became true. */
async function momentOf(holds: () => Promise<boolean>): Promise<number> {
  const until = Date.now() + 60_000;
  for (; Date.now() < until; await sleep(5)) if (await holds()) return Date.now();
  throw new Error("it never became so");
}

test("Texts stopped at the command line are offered by neither server within a second, sent by neither, and both again after; no restart.", async ({
  server,
  second,
  rows,
  person,
}) => {
  const other = await register(new Client(second.url));
  const clients = [(await passPassword(person, new Client(server.url))).client, (await passPassword(other, new Client(second.url))).client];
  for (const client of clients) expect(await methodsOf(client)).toEqual(["sms", "voice", "recovery_code"]);
  for (const [position, offered] of [
    ["off", false],
    ["on", true],
  ] as const) {
    const thrown = kill(server, `sms ${position}`);
    const committed = await momentOf(async () => (await openStops(rows, "SMS")) === (offered ? 0 : 1));
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
  // The code was texted before the stop.
  const [client] = clients;
  const { code } = await new Client(server.url).message(person.number);
  expect(expectStatus((await client?.post("/challenge/verify", { code })) as never, 200).body.next).toBe("done");
});

test("A switch thrown while forty people sign in at both servers: what was handed over went out, nothing does later, and everybody has a challenge.", async ({
  server,
  second,
  rows,
}) => {
  test.setTimeout(180_000);
  const gateway: Loopback = await openGateway();
  const arrivals: number[] = [];
  gateway.answer((_, response) => {
    arrivals.push(Date.now());
    setTimeout(() => response.writeHead(202, { "content-type": "application/json" }).end('{"id":"m"}'), 300);
  });
  await addWebhook(server.databaseUrl, "sink", gateway, 1);
  try {
    const emails = await manyAccounts(server.databaseUrl, 40);
    const waiting = [...emails.entries()];
    let committed: number | null = null;
    // Eight at a time, because more would only fill the hasher. The last eight follow the stop, however slow its command is.
    const opened = Array.from({ length: 8 }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, identifier] = next;
        if (index >= emails.length - 8) await momentOf(async () => committed !== null);
        await signInFrom(`192.0.2.${index + 1}`, new Client(index % 2 ? server.url : second.url), identifier);
      }
    });
    await momentOf(async () => arrivals.length > 0);
    const thrown = kill(server, "sms off");
    committed = await momentOf(async () => (await openStops(rows, "SMS")) === 1);
    await Promise.all(opened);
    expect((await thrown).code).toBe(0);
    const statesOf = (people: string[]) =>
      rows.query<{ state: string }>(
        "SELECT DISTINCT concat_ws(' ', status, reason) AS state FROM messages m JOIN users u ON u.id = m.user_id WHERE u.email = ANY($1) AND template = 'code.SIGN_IN'",
        people,
      );
    // A job that failed on a busy database is retried seconds later.
    await momentOf(async () => !(await statesOf(emails)).some(({ state }) => state === "queued"));
    expect(await statesOf(emails.slice(-8))).toEqual([{ state: "failed sending_stopped" }]);
    const states = (await statesOf(emails)).map(({ state }) => state);
    expect(states).toContain("sent");
    // A gateway that a busy machine delays beyond five seconds may have accepted the text.
    for (const state of states) expect(["sent", "delivered", "failed unknown", "failed sending_stopped"]).toContain(state);
    expect(Math.max(...arrivals) - committed).toBeLessThan(1000);
    const before = arrivals.length;
    expect((await kill(server, "sms on")).code).toBe(0);
    await rows.settled();
    expect(arrivals.length, "nothing that was refused goes out later").toBe(before);
  } finally {
    await must(command("provider", server.databaseUrl, ["remove", "sink"]));
    await gateway.close();
  }
});

test("The command lists what is stopped, refuses what would stop nothing and says what still is; the doctor and the metrics tell of it.", async ({
  server,
  second,
  rows,
}) => {
  expect(await kill(server)).toEqual({ code: 0, out: "Nothing is stopped.\n" });
  const figure = async (url: string) =>
    /sekisho_sending_stops\{channel="sms"\} (\d+)/.exec(
      await (await fetch(`${url}/api/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).text(),
    )?.[1];
  expect([await figure(server.url), await figure(second.url)]).toEqual(["0", "0"]);
  expect(await kill(server, "sms off --country jp")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/Texts to JP: stopped\.[\s\S]*npm run kill -- sms on --country JP/),
  });
  expect(await kill(server, "sms off --country JP")).toMatchObject({ code: 0, out: expect.stringContaining("stopped already") });
  expect(await kill(server, "sms off --provider demo")).toMatchObject({ code: 0, out: expect.stringContaining("Texts by demo: stopped.") });
  expect([await figure(server.url), await figure(second.url)]).toEqual(["2", "2"]);
  expect(await command("doctor", server.databaseUrl, [])).toMatchObject({
    code: 1,
    out: expect.stringContaining("Texts are stopped by an operator (JP,"),
  });
  expect((await command("doctor", server.databaseUrl, [], { LANG: "ja_JP.UTF-8" })).out).toContain("SMS の送信を止めています（demo、");
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
    expect((await kill(server, line)).code, line).toBe(1);
  expect(await openStops(rows, "SMS")).toBe(2);
  expect(await kill(server, "sms off")).toMatchObject({ code: 0 });
  // A wider stop still covers the resumed scope, so the exit code is 1.
  expect((await kill(server, "sms on --country JP")).code).toBe(1);
  expect(await kill(server, "sms on")).toMatchObject({ code: 0, out: expect.stringMatching(/Texts: started\.[\s\S]*by demo/) });
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
