import { randomInt } from "node:crypto";
import { Client, expectStatus, freshEmail, freshNumber, PASSWORD, register } from "../support/api.ts";
import { test as base, expect } from "../support/fixtures.ts";
import type { Rows } from "../support/rows.ts";

// Concurrent sends across processes are counted as if they were sequential (RL-04, OTP-09, F05, F10).
let hop = 0;

/** A client of one process with its own address. */
class From extends Client {
  private readonly address: string;
  constructor(url: string, from?: Client) {
    super(url);
    hop += 1;
    this.address = `203.0.${(hop >> 8) & 255}.${hop & 255}`;
    for (const [name, value] of from?.cookies ?? []) this.cookies.set(name, value);
  }
  override call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return super.call(method, path, body, { "x-forwarded-for": this.address, ...headers });
  }
}
const test = base.extend<{ from: (turn: number, like?: Client) => From }>({
  from: ({ server, second }, use) => use((turn, like) => new From(turn % 2 ? second.url : server.url, like)),
});
test.use({ serverSettings: { TRUSTED_PROXIES: "127.0.0.1/32" } });

const together = <T>(times: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));
const messagesOf = (rows: Rows, email: string) =>
  rows.count("SELECT count(*) FROM messages m JOIN users u ON u.id = m.user_id WHERE u.email = $1 AND m.channel <> 'EMAIL'", email);
const statuses = (answers: { status: number }[]) => {
  const seen: Record<number, number> = {};
  for (const { status } of answers) seen[status] = (seen[status] ?? 0) + 1;
  return seen;
};

test("Sixty resends at once are one text, and sixty calls one call; both carry the code of the first.", async ({ rows, from }) => {
  const person = await register(from(0));
  const pending = from(0);
  const bound = (await pending.message(person.number)).at;
  expectStatus(await pending.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
  const first = await pending.message(person.number, bound);
  const before = await messagesOf(rows, person.email);
  await pending.clock(31);
  try {
    expect(statuses(await together(60, (turn) => from(turn, pending).post("/challenge/send", { method: "sms" })))).toEqual({
      202: 1,
      429: 59,
    });
    expect(statuses(await together(60, (turn) => from(turn, pending).post("/challenge/send", { method: "voice" })))).toEqual({
      202: 1,
      429: 59,
    });
    expect((await messagesOf(rows, person.email)) - before).toBe(2);
    await rows.settled();
    const texts = (await pending.get(`/api/demo/messages?to=${encodeURIComponent(person.number)}`)).body as unknown as { code: string }[];
    expect(new Set(texts.slice(0, 2).map(({ code }) => code))).toEqual(new Set([first.code]));
  } finally {
    await pending.clock(0);
  }
});

test("Sixty right passwords at once all open a challenge, of which one stays live, and are five texts (RL-10).", async ({ rows, from }) => {
  const person = await register(from(0));
  const before = await messagesOf(rows, person.email);
  const seen = statuses(await together(60, (turn) => from(turn).post("/sign-in", { identifier: person.email, password: PASSWORD })));
  expect(seen).toEqual({ 200: 60 });
  const sent =
    "SELECT count(*) FROM messages m JOIN users u ON u.id = m.user_id WHERE u.email = $1 AND m.channel <> 'EMAIL' AND m.until IS NULL";
  expect((await rows.count(sent, person.email)) - before).toBe(5);
  const live =
    "SELECT count(*) FROM challenges c JOIN users u ON u.id = c.user_id WHERE u.email = $1 AND c.consumed_at IS NULL AND c.voided_at IS NULL";
  expect(await rows.count(live, person.email)).toBe(1);
});

test("A number that forty strangers name at once is texted five times.", async ({ rows, from }) => {
  const number = freshNumber();
  const strangers = await together(40, async (turn) => {
    const client = from(turn);
    const email = freshEmail();
    expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
    expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
    return client;
  });
  const answers = await together(40, (turn) =>
    (strangers[turn] as From).post("/phones", { number, channel: turn % 3 ? "sms" : "voice", acceptRisk: true }),
  );
  expect(statuses(answers)).toEqual({ 202: 5, 429: 35 });
  const texted =
    "SELECT count(*) FROM messages m JOIN phones p ON p.id = m.authenticator_id WHERE p.number_hash = (SELECT number_hash FROM account_phones ORDER BY created_at DESC LIMIT 1)";
  expect(await rows.count(texted)).toBe(5);
});

test("One account that names thirty numbers at once has three of them texted.", async ({ rows, from }) => {
  const client = from(0);
  const email = freshEmail();
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  const answers = await together(30, (turn) =>
    from(turn, client).post("/phones", {
      number: `+8170${1000 + turn * 37}${randomInt(1000, 10_000)}`,
      channel: "sms",
      acceptRisk: true,
    }),
  );
  expect(statuses(answers)).toEqual({ 202: 3, 429: 27 });
  expect(await messagesOf(rows, email)).toBe(3);
});
