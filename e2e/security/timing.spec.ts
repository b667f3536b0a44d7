import { Client, endingAlike, freshEmail, PASSWORD, type Person, register } from "../support/api.ts";
import { comparable } from "../support/comparable.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Instance } from "../support/server.ts";

// Known and unknown accounts get the same words, the same headers and the same response time (EN-01, EN-02, F09).
const PAIRS = 300;
// In two rounds each account stays below its limit of wrong passwords.
const ACCOUNTS = 70;

// A trusted proxy gives each pair its own address, so that the limit per address does not apply.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench", TRUSTED_PROXIES: "127.0.0.1/32", LOG_LEVEL: "warn" } });

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const quantile = (values: number[], q: number) => [...values].sort((a, b) => a - b)[Math.floor(values.length * q)] ?? 0;
const row = (name: string, values: number[]) =>
  `${name.padEnd(16)} n=${values.length}  p10 ${quantile(values, 0.1).toFixed(2)}  median ${median(values).toFixed(2)}  p90 ${quantile(values, 0.9).toFixed(2)} ms`;

/** Mann-Whitney U by normal approximation: the probability of so great a difference by chance. */
function mannWhitney(a: number[], b: number[]): number {
  const ranked = [...a.map((value) => ({ value, own: true })), ...b.map((value) => ({ value, own: false }))].sort(
    (x, y) => x.value - y.value,
  );
  const ranks = ranked.reduce((sum, one, index) => sum + (one.own ? index + 1 : 0), 0);
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const z = Math.abs(u - (a.length * b.length) / 2) / Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  // Abramowitz and Stegun 26.2.17.
  const t = 1 / (1 + 0.2316419 * z);
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 2 * tail;
}

type Timed = { ms: number; seen: string };

/** Returns an answer and its time; each pair has its own address. */
async function timed(client: Client, path: string, body: object, pair: number, ...own: string[]): Promise<Timed> {
  const started = performance.now();
  const answer = await client.call("POST", `/api/v1${path}`, body, { "x-forwarded-for": `198.51.${pair >> 8}.${pair & 255}` });
  const ms = performance.now() - started;
  // The progress of the message and the number of sends do not depend on the account's existence.
  const seen = comparable(answer, ...own).replace(/"status":"(?:queued|sent|delivered)"|"sendsLeft":\d/g, "«moment»");
  return { ms, seen };
}

type Ask = (pair: number) => Promise<Timed>;

async function measure(pairs: number, one: Ask, two: Ask) {
  const [left, right]: [number[], number[]] = [[], []];
  const seen = new Set<string>();
  for (let pair = 0; pair < pairs; pair += 1) {
    // The order alternates, so that warm-up and drift affect both equally.
    const [first, second] = pair % 2 ? [await one(pair), await two(pair)] : [await two(pair), await one(pair)];
    left.push((pair % 2 ? first : second).ms);
    right.push((pair % 2 ? second : first).ms);
    seen.add(first.seen).add(second.seen);
  }
  return { left, right, seen, p: mannWhitney(left, right), difference: Math.abs(median(left) - median(right)) };
}

/** Alternates both requests, prints both distributions, and expects equal words and indistinguishable times. */
async function compare(names: [string, string], pairs: number, one: Ask, two: Ask): Promise<void> {
  // One in a thousand comparisons of equal distributions differs by chance, and load adds noise; a real difference repeats.
  for (let round = 1; ; round += 1) {
    const { left, right, seen, p, difference } = await measure(pairs, one, two);
    console.log(`${row(names[0], left)}\n${row(names[1], right)}\nMann-Whitney p = ${p.toFixed(3)}`);
    expect([...seen]).toHaveLength(1);
    const most = Math.min(10, median(right) * 0.1);
    if (round === 1 && (p <= 0.001 || difference >= most)) continue;
    expect(difference).toBeLessThan(most);
    expect(p).toBeGreaterThan(0.001);
    return;
  }
}

const registered = async (server: Instance, count: number) => {
  const people = [];
  for (let i = 0; i < count; i += 1) people.push(await register(new Client(server.url), { number: endingAlike() }));
  return people;
};

test("Nobody can tell a wrong password from an unknown account, by words or by time.", async ({ server }) => {
  test.setTimeout(120_000);
  const people = await registered(server, ACCOUNTS);
  const wrong = (identifier: string, pair: number) =>
    timed(new Client(server.url), "/sign-in", { identifier, password: "ちがう あいことば" }, pair, identifier);
  await compare(
    ["wrong password", "unknown account"],
    PAIRS,
    (pair) => wrong(people[pair % ACCOUNTS]?.email ?? "", pair),
    (pair) => wrong(freshEmail(), pair),
  );
});

test("Nobody can tell by time whether an address has an account when it signs up.", async ({ server }) => {
  test.setTimeout(120_000);
  const people = await registered(server, ACCOUNTS);
  const signUp = (email: string, pair: number) => timed(new Client(server.url), "/sign-up", { email, password: PASSWORD }, pair, email);
  await compare(
    ["known address", "new address"],
    PAIRS,
    (pair) => signUp(people[pair % ACCOUNTS]?.email ?? "", pair),
    (pair) => signUp(freshEmail(), pair),
  );
});

for (const [kind, identifierOf, another] of [
  ["an address", ({ email }: Person) => email, freshEmail],
  ["a number", ({ number }: Person) => number, () => endingAlike()],
] as const)
  test(`Nobody can tell by time whether ${kind} has an account when its password is reset.`, async ({ server }) => {
    test.setTimeout(180_000);
    const people = await registered(server, ACCOUNTS);
    const ask = (identifier: string, pair: number) => timed(new Client(server.url), "/password-reset", { identifier }, pair, identifier);
    await compare(
      [`${kind}, known`, `${kind}, unknown`],
      PAIRS,
      (pair) => ask(identifierOf(people[pair % ACCOUNTS] as Person), pair),
      (pair) => ask(another(), pair),
    );
  });

test("Nobody can tell by time whether a number is bound before its code was entered.", async ({ server }) => {
  test.setTimeout(120_000);
  const people = await registered(server, 10);
  const waiting: Client[] = [];
  for (let i = 0; i < 60; i += 1) {
    const client = new Client(server.url);
    const email = freshEmail();
    await client.post("/sign-up", { email, password: PASSWORD });
    await client.post("/challenge/verify", { code: (await client.message(email)).code });
    waiting.push(client);
  }
  // A challenge allows five sends, and each is queried at most twice in each of two rounds.
  const bind = (number: string, pair: number) =>
    timed(waiting[pair % 60] as Client, "/phones", { number, channel: "sms", acceptRisk: true }, pair, number);
  await compare(
    ["bound number", "free number"],
    60,
    (pair) => bind(people[pair % 10]?.number ?? "", pair),
    (pair) => bind(endingAlike(), pair),
  );
});

test("A right password is not refused after thousands of wrong ones for other accounts.", async ({ server }) => {
  const person = await register(new Client(server.url));
  expect((await new Client(server.url).post("/sign-in", { identifier: person.email, password: PASSWORD })).status).toBe(200);
});
