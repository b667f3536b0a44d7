import { expect, test } from "@playwright/test";
import { Client, freshEmail, PASSWORD, register } from "../support/api.ts";
import { type Instance, startInstance } from "../support/server.ts";

// Wrong password and unknown account: the same words, the same headers, the same work (EN-01, EN-02, F09).
const PAIRS = 300;
const ACCOUNTS = 40;
let server: Instance;

test.beforeAll(async () => {
  // A trusted proxy lets each pair come from an address of its own, so that the limit per address stays out of the picture.
  server = await startInstance({ env: { SEKISHO_LIMITS: "bench", TRUSTED_PROXIES: "127.0.0.1/32", LOG_LEVEL: "warn" } });
});
test.afterAll(() => server.stop());

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

async function ask(identifier: string, pair: number) {
  const client = new Client(server.url);
  const started = performance.now();
  const answer = await client.call(
    "POST",
    "/api/v1/sign-in",
    { identifier, password: "ちがう あいことば" },
    { "x-forwarded-for": `198.51.${pair >> 8}.${pair & 255}` },
  );
  const ms = performance.now() - started;
  const headers = [...answer.headers].filter(([name]) => !["date", "content-security-policy"].includes(name));
  return { ms, seen: JSON.stringify([answer.status, answer.body, headers]) };
}

test("nobody can tell a wrong password from an unknown account, by words or by time", async () => {
  test.setTimeout(120_000);
  const emails: string[] = [];
  for (let i = 0; i < ACCOUNTS; i += 1) emails.push((await register(new Client(server.url))).email);
  const [known, unknown]: [number[], number[]] = [[], []];
  const seen = new Set<string>();
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const wrong = () => ask(emails[pair % ACCOUNTS] ?? "", pair);
    const nobody = () => ask(freshEmail(), pair);
    // The order alternates, so that what warms up or drifts is shared by both.
    const [first, second] = pair % 2 ? [await wrong(), await nobody()] : [await nobody(), await wrong()];
    known.push((pair % 2 ? first : second).ms);
    unknown.push((pair % 2 ? second : first).ms);
    seen.add(first.seen).add(second.seen);
  }
  const p = mannWhitney(known, unknown);
  console.log(`${row("wrong password", known)}\n${row("unknown account", unknown)}\nMann-Whitney p = ${p.toFixed(3)}`);
  expect(seen.size).toBe(1);
  const difference = Math.abs(median(known) - median(unknown));
  expect(difference).toBeLessThan(Math.min(10, median(unknown) * 0.1));
  expect(p).toBeGreaterThan(0.001);
});

test("a password that is right is not refused because of it", async () => {
  const person = await register(new Client(server.url));
  expect((await new Client(server.url).post("/sign-in", { identifier: person.email, password: PASSWORD })).status).toBe(200);
});
