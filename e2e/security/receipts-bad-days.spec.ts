import { badDays } from "../../lib/testing/bad-days.ts";
import { type Answering, answers, type Loopback, loopback } from "../../lib/testing/loopback.ts";
import { deliveryReasons } from "../../lib/words/ja/errors.ts";
import { type ChallengeJson, Client, expectStatus, otherThan, PASSWORD, type Person, register } from "../support/api.ts";
import { test as base, expect } from "../support/fixtures.ts";
import { addWebhook, codeIn, command, must, openGateway, signed, toldTo } from "../support/provider.ts";
import type { Rows } from "../support/rows.ts";
import type { Instance } from "../support/server.ts";

// Whatever a provider does, the user sees the true state within six seconds, keeps the other ways, and loses no attempt; a late text still works
// and at most one more copy is sent. Runs on two servers with one database (PV-01 to PV-03, H07 to H09, H14).

let turn = 0;

type Waiting = { client: Client; person: Person };

/** Opens a gateway with its account at a place in the order. */
async function withGateway({ databaseUrl, port }: Instance, name: string, order: number, use: (gateway: Loopback) => Promise<void>) {
  const gateway = await openGateway();
  await addWebhook(databaseUrl, name, gateway, order, { PORT: String(port) });
  await use(gateway);
  await gateway.close();
}

const test = base.extend<{ waiting: () => Promise<Waiting> }, { a: Loopback; b: Loopback; crowd: Person[] }>({
  a: [
    // The codes of the crowd's sign-ups come by the demo accounts, which are disabled afterwards.
    async ({ server, crowd: _ }, use) => {
      for (const name of ["demo", "demo-2"]) await must(command("provider", server.databaseUrl, ["disable", name]));
      await withGateway(server, "a", 10, use);
    },
    { scope: "worker" },
  ],
  b: [({ server }, use) => withGateway(server, "b", 20, use), { scope: "worker" }],
  crowd: [
    async ({ server }, use) => {
      const crowd: Person[] = [];
      while (crowd.length < 4) crowd.push(await register(new Client(server.url)));
      await use(crowd);
    },
    { scope: "worker" },
  ],
  // Passes the password of the next account; the servers alternate.
  waiting: async ({ server, second, crowd }, use) =>
    use(async () => {
      turn += 1;
      const person = crowd[turn % crowd.length] as Person;
      const client = new Client(...(turn % 2 ? [server.url, second.url] : [second.url, server.url]));
      expectStatus(await client.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
      return { client, person };
    }),
});
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });
test.beforeEach(async ({ rows, a, b }) => {
  await rows.settled();
  await rows.query("DELETE FROM provider_health");
  for (const gateway of [a, b]) {
    gateway.arrived.splice(0);
    gateway.answer(answers(202, { id: "m-1" }));
  }
});

const challenge = async ({ client }: Waiting) => (await client.get("/api/v1/challenge")).body as unknown as ChallengeJson;
const until = async (one: Waiting, state: Record<string, unknown>, ms = 6_000) =>
  expect.poll(async () => (await challenge(one)).delivery, { timeout: ms, intervals: [50] }).toMatchObject(state);
const report = (receiptUrl: string, attemptId: string, status: string, reason = "unknown") => {
  const body = JSON.stringify({ attemptId, status, reason });
  return fetch(receiptUrl, { method: "POST", body, headers: signed(body) });
};
const useOnly = (rows: Rows, name: "a" | "both") =>
  rows.query(`UPDATE provider_accounts SET disabled_at = ${name === "a" ? "now()" : "NULL"} WHERE name = 'b'`);

/** Expects what every provider failure has in common: the API and the page state the reason, and the user has lost nothing. */
async function expectKept(one: Waiting, reason: keyof typeof deliveryReasons) {
  const { attemptsLeft, sendsLeft, methods } = await challenge(one);
  expect([attemptsLeft, sendsLeft]).toEqual([5, 5]);
  expect(methods.map(({ method }) => method)).toEqual(expect.arrayContaining(["sms", "voice", "recovery_code"]));
  const page = await one.client.get("/verify");
  expect(page.status).toBe(200);
  expect(page.text).toContain(deliveryReasons[reason]);
  expect(page.text).toMatch(/name="method"[^>]*value="voice"|value="voice"[^>]*name="method"/);
}

const reset: Answering = (_, response) => void response.socket?.resetAndDestroy();
const days: [name: string, answering: Answering, reason: keyof typeof deliveryReasons][] = [
  ["400 for the number", answers(400, { reason: "invalid_number", permanent: true }), "invalid_number"],
  ["401", answers(401), "rejected"],
  ["429 with Retry-After", answers(429, "", { "retry-after": "7" }), "throttled"],
  ["500", answers(500), "provider_down"],
  ["a hang of thirty seconds", (_, response) => void setTimeout(() => answers(202)(_, response), 30_000).unref(), "unknown"],
  ["a reset before the answer", reset, "unknown"],
  ...badDays
    .filter(({ name }) => /middle|HTML/.test(name))
    .map(({ name, answering }): [string, Answering, "unknown"] => [name, answering, "unknown"]),
  ["200 with an error inside", answers(200, { error: "no credit" }), "unknown"],
  ["opted out (STOP)", answers(400, { reason: "opted_out", permanent: true }), "opted_out"],
];

for (const [name, answering, reason] of days)
  test(`One provider, ${name}: the person is told why, keeps every way, and the code still works.`, async ({ rows, a, waiting }) => {
    await useOnly(rows, "a");
    try {
      a.answer(answering);
      const person = await waiting();
      await until(person, { status: "failed", reason });
      await expectKept(person, reason);
      const told = toldTo(a);
      expect(told).toHaveLength(1);
      // The text arrives late; its code is still valid.
      const { body } = expectStatus(await person.client.post("/challenge/verify", { code: codeIn(told[0]?.text ?? "") }), 200);
      expect(body.next).toBe("done");
      await rows.settled();
      expect(a.arrived).toHaveLength(1);
    } finally {
      await useOnly(rows, "both");
    }
  });

for (const [name, answering, reason] of days)
  test(`Two providers, ${name}: the second sends at most one copy more, with the same code, or none after a refusal for good.`, async ({
    rows,
    a,
    b,
    waiting,
  }) => {
    a.answer(answering);
    const person = await waiting();
    const final = ["invalid_number", "opted_out"].includes(reason);
    await until(person, final ? { status: "failed", reason } : { status: "sent" });
    await rows.settled();
    expect([a.arrived.length, b.arrived.length]).toEqual([1, final ? 0 : 1]);
    expect(new Set([...toldTo(a), ...toldTo(b)].map(({ text }) => codeIn(text))).size).toBe(1);
    expect(await challenge(person)).toMatchObject({ attemptsLeft: 5, sendsLeft: final ? 5 : 4 });
  });

test("A success after our time-out is told by its receipt, and the wrong codes that were counted stay counted.", async ({
  rows,
  a,
  waiting,
}) => {
  await useOnly(rows, "a");
  try {
    a.answer((_, response) => void setTimeout(() => answers(202, { id: "late" })(_, response), 6_500));
    const person = await waiting();
    await until(person, { status: "failed", reason: "unknown" });
    const [told] = toldTo(a);
    const code = codeIn(told?.text ?? "");
    for (const step of [1, 2]) await person.client.post("/challenge/verify", { code: otherThan(code, step) });
    expect((await report(told?.receiptUrl ?? "", told?.attemptId ?? "", "delivered")).status).toBe(204);
    await until(person, { status: "delivered" }, 1_000);
    expect((await challenge(person)).attemptsLeft).toBe(3);
    expectStatus(await person.client.post("/challenge/verify", { code }), 200);
  } finally {
    await useOnly(rows, "both");
  }
});

test("The first provider takes it and does not say so, the second sends: one code, two attempts, two prices, each its own receipt.", async ({
  server,
  rows,
  a,
  b,
  waiting,
}) => {
  for (const [name, price] of [
    ["a", "8.5"],
    ["b", "3"],
  ] as const)
    await must(command("provider", server.databaseUrl, ["change", name, "--price", price]));
  a.answer(reset);
  const person = await waiting();
  await until(person, { status: "sent" });
  const [first, second] = [toldTo(a)[0], toldTo(b)[0]];
  expect(first?.attemptId).not.toBe(second?.attemptId);
  expect([first?.text, new URL(first?.receiptUrl ?? "").pathname, new URL(second?.receiptUrl ?? "").pathname]).toEqual([
    second?.text,
    "/api/receipts/a",
    "/api/receipts/b",
  ]);
  // Each receipt is refused at the other account's address, which does not know the attempt.
  await report((second?.receiptUrl ?? "").replace("/b?", "/a?"), second?.attemptId ?? "", "delivered");
  await until(person, { status: "sent" });
  expect((await report(second?.receiptUrl ?? "", second?.attemptId ?? "", "undelivered", "not_reachable")).status).toBe(204);
  await until(person, { status: "sent" });
  expect((await report(first?.receiptUrl ?? "", first?.attemptId ?? "", "delivered")).status).toBe(204);
  await until(person, { status: "delivered" });
  const attempts = await rows.query(
    "SELECT provider, status, price::float, segments FROM delivery_attempts WHERE id = ANY($1::uuid[]) ORDER BY provider",
    [first?.attemptId, second?.attemptId],
  );
  expect(attempts).toEqual([
    { provider: "a", status: "delivered", price: 8.5, segments: 1 },
    { provider: "b", status: "undelivered", price: 3, segments: 1 },
  ]);
});

test("All providers down: the person is told, and signs in by a recovery code.", async ({ a, b, waiting }) => {
  for (const gateway of [a, b]) gateway.answer(answers(503));
  const { client, person } = await waiting();
  await until({ client, person }, { status: "failed", reason: "provider_down" });
  await expectKept({ client, person }, "provider_down");
  const { body } = expectStatus(await client.post("/challenge/verify", { method: "recovery_code", code: person.codes.pop() }), 200);
  expect(body.next).toBe("done");
});

test("A redirect is followed nowhere: neither to another port nor to the database.", async ({ server, rows, a, b, waiting }) => {
  const elsewhere = await loopback();
  const { port } = new URL(server.databaseUrl);
  for (const location of [`${elsewhere.url}/steal`, `http://127.0.0.1:${port}/`, "http://169.254.169.254/latest/meta-data/"])
    for (const status of [301, 302, 303, 307, 308]) {
      await rows.query("DELETE FROM provider_health");
      a.answer(answers(status, "", { location }));
      await until(await waiting(), { status: "sent" });
    }
  expect([a.arrived.length, b.arrived.length]).toEqual([15, 15]);
  expect(elsewhere.arrived).toEqual([]);
  await elsewhere.close();
});

test("A provider that was out is tried by one text, however many wait at two servers, and the others go past it.", async ({
  server,
  a,
  b,
  waiting,
}) => {
  a.answer(answers(401));
  await until(await waiting(), { status: "sent" });
  expectStatus(await new Client(server.url).clock(31), 200);
  try {
    a.arrived.splice(0);
    b.arrived.splice(0);
    a.answer((arrived, response) => void setTimeout(() => answers(202, { id: "m" })(arrived, response), 2_500));
    const all = await Promise.all(Array.from({ length: 4 }, waiting));
    for (const person of all) await until(person, { status: "sent" });
    expect([a.arrived.length, b.arrived.length]).toEqual([1, 3]);
    await until(await waiting(), { status: "sent" });
    expect(a.arrived).toHaveLength(2);
  } finally {
    await new Client(server.url).clock(0);
  }
});
