import { testEnvironment } from "../../scripts/test/environment.ts";
import { Client, expectStatus, freshEmail, PASSWORD, type Person, passPassword, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Rows } from "../support/rows.ts";
import { type Instance, startInstance } from "../support/server.ts";

// Key rotation is invisible to users: values under the old key stay readable, new values use the new key, and without the old key its values no
// longer open (PH-04, PW-04, G06).
const NEXT = `next:${Buffer.from("another sekisho test key, no secret").toString("base64")}`;
const env = (APP_KEYS: string) => ({ SEKISHO_LIMITS: "bench", APP_KEYS });
const OTHERS = 40;
let server: Instance;
let person: Person;
let pending: { client: Client; code: string };

test.describe.configure({ mode: "serial" });
test.use({ serverSettings: {} });
// The tests restart the server with other keys, so it is no fixture.
test.beforeAll(async ({ database }) => {
  const old = await startInstance({ databaseUrl: database, env: env(testEnvironment.APP_KEYS) });
  person = await register(new Client(old.url));
  for (let at = 0; at < OTHERS; at += 8) await Promise.all(Array.from({ length: 8 }, () => register(new Client(old.url))));
  pending = await passPassword(person, new Client(old.url));
  await old.stop();
  server = await startInstance({ databaseUrl: database, env: env(`${NEXT},${testEnvironment.APP_KEYS}`) });
});
test.afterAll(() => server.stop());

/** Moves a client's cookies to the current server. */
const moved = (client: Client) => {
  const copy = new Client(server.url);
  for (const [name, value] of client.cookies) copy.cookies.set(name, value);
  return copy;
};
const hashOf = async (rows: Rows) =>
  (await rows.query<{ hash: string }>("SELECT password_hash AS hash FROM users WHERE email = $1", person.email))[0]?.hash ?? "";

test("Sessions, open challenges, codes on their way and recovery codes go on under the new key.", async () => {
  expect((await moved(person.client).get("/api/v1/session")).body).toMatchObject({ user: { email: person.email } });
  const browser = moved(pending.client);
  expect((await browser.get("/api/v1/challenge")).body).toMatchObject({ methods: [{ hint: `••${person.number.slice(-2)}` }, {}, {}] });
  expectStatus(await browser.post("/challenge/verify", { code: pending.code }), 200);
  const next = await passPassword(person, new Client(server.url));
  expectStatus(await next.client.post("/challenge/verify", { code: person.codes[3], method: "recovery_code" }), 200);
});

test("A bound number is found by its owner and taken for everybody else.", async () => {
  const number = await new Client(server.url).post("/sign-in", { identifier: person.number, password: PASSWORD });
  expect(number.status).toBe(200);
  const stranger = new Client(server.url);
  const email = freshEmail();
  expectStatus(await stranger.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await stranger.post("/challenge/verify", { code: (await stranger.message(email)).code }), 200);
  const before = (await stranger.message(person.number)).at;
  expectStatus(await stranger.post("/phones", { number: person.number, channel: "sms", acceptRisk: true }), 202);
  const { code } = await stranger.message(person.number, before);
  expect(await stranger.post("/challenge/verify", { code })).toMatchObject({ status: 409, body: { code: "number_taken" } });
});

test("The right password moves its hash under the new pepper; a wrong one moves nothing.", async ({ rows }) => {
  await rows.query("UPDATE users SET password_hash = $1 WHERE email = $2", await old(rows), person.email);
  await new Client(server.url).post("/sign-in", { identifier: person.email, password: "ちがう あいことば" });
  expect(await hashOf(rows)).toMatch(/^test:/);
  await new Client(server.url).post("/sign-in", { identifier: person.email, password: PASSWORD });
  expect(await hashOf(rows)).toMatch(/^next:\$argon2id/);
});

/** Returns the password hash of an account that has been unused since before the rotation. */
async function old(rows: Rows): Promise<string> {
  const [row] = await rows.query<{ hash: string }>(
    "SELECT password_hash AS hash FROM challenges WHERE email = $1 AND password_hash LIKE 'test:%'",
    person.email,
  );
  return row?.hash ?? "";
}

test("What is written from now on is under the new key alone.", async ({ rows }) => {
  const fresh = await register(new Client(server.url));
  await passPassword(fresh, new Client(server.url));
  const sealed = await rows.query<{ sealed: string }>(
    `SELECT p.number_sealed AS sealed FROM account_phones p JOIN users u ON u.id = p.user_id WHERE u.email = $1
     UNION ALL SELECT k.sealed FROM challenge_codes k JOIN challenges c ON c.id = k.challenge_id JOIN users u ON u.id = c.user_id WHERE u.email = $1
     UNION ALL SELECT u.password_hash FROM users u WHERE u.email = $1
     UNION ALL SELECT r.hash FROM recovery_codes r JOIN authenticators a ON a.id = r.set_id JOIN users u ON u.id = a.user_id WHERE u.email = $1`,
    fresh.email,
  );
  expect(sealed.length).toBeGreaterThan(12);
  for (const { sealed: value } of sealed) expect(value).toMatch(/^next[.:]/);
});

const underOldKey = "SELECT count(*) FROM phones WHERE number_sealed LIKE 'test.%'";

test("The job writes old rows again, goes on where it was killed, and finds nothing to do the second time.", async ({ rows, database }) => {
  expect(await rows.count(underOldKey)).toBeGreaterThan(OTHERS);
  await rows.query("SELECT graphile_worker.add_job('reseal')");
  // Stops the job right after its start; finished rows stay, the rest remains.
  await expect
    .poll(() => rows.count("SELECT count(*) FROM phones WHERE number_sealed LIKE 'next.%'"), { intervals: [5] })
    .toBeGreaterThan(1);
  await server.kill9();
  server = await startInstance({ databaseUrl: database, env: env(`${NEXT},${testEnvironment.APP_KEYS}`) });
  await rows.query("SELECT graphile_worker.add_job('reseal')");
  await expect.poll(() => rows.count(underOldKey)).toBe(0);
  const all = await rows.query<{ id: string; sealed: string }>("SELECT id, number_sealed AS sealed FROM phones ORDER BY id");
  await rows.query("SELECT graphile_worker.add_job('reseal', job_key => 'again')");
  await expect.poll(() => rows.count("SELECT count(*) FROM graphile_worker._private_jobs WHERE key = 'again'")).toBe(0);
  expect(await rows.query("SELECT id, number_sealed AS sealed FROM phones ORDER BY id")).toEqual(all);
  expect((await new Client(server.url).post("/sign-in", { identifier: person.number, password: PASSWORD })).status).toBe(200);
});

test("With the old key gone, who has signed in since the rotation notices nothing; older sessions and codes are dead and no error says why.", async ({
  rows,
  database,
}) => {
  const late = moved(pending.client);
  await server.stop();
  server = await startInstance({ databaseUrl: database, env: env(NEXT) });
  expect((await moved(person.client).get("/api/v1/session")).status).toBe(401);
  expect((await moved(late).get("/api/v1/challenge")).status).toBe(404);
  const browser = new Client(server.url);
  const before = (await browser.message(person.number)).at;
  expectStatus(await browser.post("/sign-in", { identifier: person.number, password: PASSWORD }), 200);
  expectStatus(await browser.post("/challenge/verify", { code: (await browser.message(person.number, before)).code }), 200);
  // A password under the old pepper gets the answer of a wrong password.
  await rows.query("UPDATE users SET password_hash = $1 WHERE email = $2", await old(rows), person.email);
  expect(await new Client(server.url).post("/sign-in", { identifier: person.email, password: PASSWORD })).toMatchObject({ status: 401 });
});
