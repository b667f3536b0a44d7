import pg from "pg";
import { Client, expectStatus, freshEmail, freshNumber, otherThan, PASSWORD, type Person, passPassword, register } from "../support/api.ts";
import { test as base, expect } from "../support/fixtures.ts";
import { formIn, type PageForm, sendForm } from "../support/forms.ts";
import { type Outage, openOutage } from "../support/outage.ts";
import { adopt, visit } from "../support/visit.ts";

// During a database outage every request is answered within five seconds and nothing is granted; afterwards all functions recover without a restart
// (RE-03).

const ANSWER_MS = 5_000;
const RECOVERY_MS = 10_000;

const test = base.extend<object, { outage: Outage }>({
  outage: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
    async ({}, use) => {
      const outage = await openOutage({ SEKISHO_LIMITS: "bench" });
      await use(outage);
      await outage.close();
    },
    { scope: "worker" },
  ],
});

type Asked = { name: string; ask: () => Promise<Response>; needsDatabase: boolean; api: boolean };
type Scene = { person: Person; pending: Client; code: string; forms: Record<"signIn" | "verify", PageForm> };

async function scene(outage: Outage): Promise<Scene> {
  const person = await register(new Client(outage.server.url));
  const { client: pending, code } = await passPassword(person, new Client(outage.server.url));
  expectStatus(await pending.post("/challenge/verify", { code: otherThan(code) }), 422);
  const page = async (path: string) => (await fetch(outage.server.url + path, { headers: cookies(pending) })).text();
  return {
    person,
    pending,
    code,
    forms: { signIn: formIn(await page("/sign-in"), "password"), verify: formIn(await page("/verify"), "code") },
  };
}

const cookies = (client: Client) => ({ cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ") });

const API: readonly (readonly [method: string, path: string, body: object | undefined, as: "person" | "pending"])[] = [
  ["POST", "/sign-up", { email: freshEmail(), password: PASSWORD }, "pending"],
  ["POST", "/challenge/send", { method: "sms" }, "pending"],
  ["GET", "/challenge", undefined, "pending"],
  ["POST", "/phones", { number: freshNumber(), channel: "sms", acceptRisk: true }, "pending"],
  ["POST", "/recovery-codes", {}, "person"],
  ["POST", "/recovery-codes/confirm", { code: "AAAA-AAAA-AAAA" }, "person"],
  ["GET", "/session", undefined, "person"],
  ["DELETE", "/session", undefined, "person"],
];

function everything(outage: Outage, { person, pending, code, forms }: Scene): Asked[] {
  const { url } = outage.server;
  const page = (path: string, language: string, as?: Client): Asked => ({
    name: `GET ${path} (${language}${as ? ", cookies" : ""})`,
    ask: () => fetch(url + path, { redirect: "manual", headers: { "accept-language": language, ...(as ? cookies(as) : {}) } }),
    needsDatabase: as !== undefined,
    api: false,
  });
  const form = (one: PageForm, path: string, fields: Record<string, string>, as?: Client): Asked => ({
    name: `form of ${path}`,
    ask: () => sendForm(url, path, one, fields, as ? cookies(as) : {}),
    needsDatabase: true,
    api: false,
  });
  const call = (method: string, path: string, body: object | undefined, as: Client): Asked => ({
    name: `${method} ${path}`,
    ask: () =>
      fetch(url + path, {
        method,
        headers: { ...cookies(as), "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    needsDatabase: true,
    api: true,
  });
  return [
    page("/", "ja"),
    page("/sign-in", "en"),
    ...["ja", "en"].flatMap((language) => [page("/account", language, person.client), page("/verify", language, pending)]),
    page("/sign-in", "ja", person.client),
    form(forms.signIn, "/sign-in", { identifier: person.email, password: PASSWORD }, pending),
    form(forms.verify, "/verify", { code }, pending),
    call("POST", "/api/v1/sign-in", { identifier: person.email, password: PASSWORD }, pending),
    call("POST", "/api/v1/challenge/verify", { code }, pending),
    ...API.map(([method, path, body, as]) => call(method, `/api/v1${path}`, body, as === "person" ? person.client : pending)),
    call("GET", "/api/auth/session", undefined, person.client),
    call("GET", "/api/demo/messages?wait=20", undefined, pending),
    call("GET", "/api/health/ready", undefined, pending),
  ];
}

async function expectRefused({ name, ask, needsDatabase, api }: Asked): Promise<void> {
  const began = performance.now();
  const answer = await ask();
  const body = await answer.text();
  const took = performance.now() - began;
  expect(took, `${name} took ${Math.round(took)} ms`).toBeLessThan(ANSWER_MS);
  expect(answer.status, `${name}: ${body.slice(0, 300)}`).toBe(needsDatabase ? 503 : 200);
  if (needsDatabase) expectUnavailable(name, answer, body, api);
}

/** Expects a refusal with a Retry-After that grants nothing and reveals no internals. */
function expectUnavailable(name: string, answer: Response, body: string, api: boolean): void {
  expect(Number(answer.headers.get("retry-after")), name).toBeGreaterThan(0);
  expect(
    answer.headers.getSetCookie().filter((line) => /sekisho\.(session|challenge)=[^;]/.test(line)),
    name,
  ).toEqual([]);
  if (api) {
    expect(answer.headers.get("content-type"), name).toContain("application/problem+json");
    expect(JSON.parse(body).code, name).toBe("unavailable");
  } else {
    const words = /<html[^>]* lang="en"/.test(body) ? /try again/i : /もう一度/;
    expect(words.test(body), `${name}: words for people`).toBe(true);
    expect(/ECONN|postgres|node_modules|\bat .*\.js:/.test(body), `${name}: nothing of the inside`).toBe(false);
  }
}

async function expectRefusedAll(outage: Outage, now: Scene): Promise<void> {
  await Promise.all(everything(outage, now).map(expectRefused));
  expect((await fetch(`${outage.server.url}/api/health/live`)).status).toBe(200);
}

/** The health endpoint caches its result for one second. */
const knownToHealth = () => new Promise((resolve) => setTimeout(resolve, 1_100));

type Standing = { sessions: number; attempts: number; failures: number };

async function standing(db: pg.Client, { email }: Person): Promise<Standing> {
  const { rows } = await db.query<Standing>(
    `SELECT (SELECT count(*)::int FROM sessions s WHERE s.user_id = u.id) AS sessions,
            (SELECT max(attempts)::int FROM challenges c WHERE c.user_id = u.id AND c.purpose = 'SIGN_IN' AND c.voided_at IS NULL) AS attempts,
            (SELECT count(*)::int FROM limit_hits) AS failures
     FROM users u WHERE u.email = $1`,
    [email],
  );
  return rows[0] as Standing;
}

async function connect(outage: Outage): Promise<pg.Client> {
  const db = new pg.Client({ connectionString: outage.server.databaseUrl });
  db.on("error", () => undefined);
  await db.connect();
  return db;
}

/** Keeps texts of the worker in progress by a lock on the table it writes to, until the returned connection ends. */
async function textsInHand(outage: Outage, emails: readonly string[]): Promise<pg.Client> {
  const lock = await connect(outage);
  await lock.query("BEGIN");
  await lock.query("LOCK TABLE delivery_attempts IN EXCLUSIVE MODE");
  const client = new Client(outage.server.url);
  for (const email of emails) expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  return lock;
}

/** Expects that readiness, texts and a whole sign-in recover within ten seconds of the database's return, in the same process. */
async function expectRecovered(outage: Outage, { person, pending, code }: Scene, emails: readonly string[]): Promise<void> {
  const client = new Client(outage.server.url);
  const until = { timeout: RECOVERY_MS, intervals: [100] };
  await expect.poll(async () => (await client.get("/api/health/ready")).status, until).toBe(200);
  await expect(async () => {
    for (const email of emails)
      expect(((await client.get(`/api/demo/messages?to=${email}`)).body as unknown as unknown[]).length, email).toBe(1);
  }).toPass(until);
  expect((await person.client.get("/account")).status).toBe(200);
  expectStatus(await pending.post("/challenge/verify", { code }), 200);
  const again = await passPassword(person, new Client(outage.server.url));
  expectStatus(await again.client.post("/challenge/verify", { code: again.code }), 200);
}

test("A database that ended: 503 for everybody at once, nothing granted or forgotten, and everything goes on when it is back.", async ({
  outage,
}) => {
  const emails = Array.from({ length: 4 }, freshEmail);
  const now = await scene(outage);
  const lock = await textsInHand(outage, emails);
  const before = await standing(lock, now.person);
  await outage.stop();
  await knownToHealth();
  await expectRefusedAll(outage, now);
  await expectRefusedAll(outage, now);
  await outage.start();
  const began = performance.now();
  const db = await connect(outage);
  expect(await standing(db, now.person)).toEqual(before);
  await db.end();
  await expectRecovered(outage, now, emails);
  expect(performance.now() - began).toBeLessThan(RECOVERY_MS);
});

test("A button that is pressed while the database hangs says that the site may be busy, and what to do.", async ({ outage, browser }) => {
  const person = await register(new Client(outage.server.url));
  await visit(browser, outage.server.url, {}, async (visitor) => {
    await adopt(visitor.page.context(), person.client);
    await visitor.open("/account");
    outage.freeze();
    try {
      await visitor.signOut();
      const alert = visitor.page.getByRole("alert").filter({ hasText: /\S/ });
      await expect(alert).toContainText("数秒待ってから、もう一度お試しください", { timeout: 10_000 });
      await expect(alert).toContainText("混み合っている");
    } finally {
      outage.thaw();
    }
  });
});

test("A database that hangs: 503 for everybody within five seconds, nothing granted or given back, and everything goes on afterwards.", async ({
  outage,
}) => {
  const emails = Array.from({ length: 4 }, freshEmail);
  const now = await scene(outage);
  const lock = await textsInHand(outage, emails);
  const before = await standing(lock, now.person);
  outage.freeze();
  try {
    await knownToHealth();
    await expectRefusedAll(outage, now);
    await expectRefusedAll(outage, now);
  } finally {
    outage.thaw();
  }
  const began = performance.now();
  await lock.end();
  const db = await connect(outage);
  const after = await standing(db, now.person);
  await db.end();
  expect(after.sessions).toBe(before.sessions);
  // The database may still run statements that the server has given up; they may count an attempt but never return one.
  expect(after.attempts - before.attempts).toBeGreaterThanOrEqual(0);
  expect(after.attempts - before.attempts).toBeLessThanOrEqual(1);
  expect(after.failures).toBeGreaterThanOrEqual(before.failures);
  await expectRecovered(outage, now, emails);
  expect(performance.now() - began).toBeLessThan(RECOVERY_MS);
});
