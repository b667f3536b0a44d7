import { Client, expectStatus, freshEmail, otherThan, PASSWORD, passPassword, register } from "../support/api.ts";
import { doors, hiddenFields, take } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";

// All lifetimes follow the server's clock: a browser cannot extend them, and a clock that jumps neither unlocks nor freezes anything (OTP-02,
// SE-05, RE-04, A09, B06, K15).
// Its own database, because the demo clock applies to the whole database.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench", TRUSTED_PROXIES: "127.0.0.1/32" } });

const HOUR = 3600;
const DAY = 24 * HOUR;
const alive = async (client: Client) => (await client.clone().get("/api/v1/session")).status === 200;

for (const door of doors)
  test(`By ${door}: a code works a second before its end and not at it, also after a resend (A09).`, async ({ server, clock }) => {
    const person = await register(new Client(server.url));
    const late = await passPassword(person, new Client(server.url));
    const hidden = await hiddenFields(late.client, "/verify", "code");
    await clock(299);
    expect((await late.client.post("/challenge/send", { method: "sms" })).status).toBe(202);
    await clock(603);
    const refused = await take(late.client, "verify", door, { code: late.code }, hidden);
    expect(refused).toMatchObject({ ok: false, code: "challenge_expired" });
    await clock(598);
    expect((await take(late.client, "verify", door, { code: late.code }, hidden)).ok).toBe(true);
  });

test("What is open ends with its time: a sign-up's mail, a number that is awaited, and the send of a new code.", async ({
  server,
  clock,
}) => {
  const client = new Client(server.url);
  const email = freshEmail();
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  const { code } = await client.message(email);
  await clock(601);
  expect(await client.post("/challenge/verify", { code })).toMatchObject({ status: 410, body: { code: "challenge_expired" } });
  expect(await client.post("/challenge/send", { method: "email" })).toMatchObject({ status: 410 });
  await clock(0);
  expectStatus(await client.post("/challenge/verify", { code }), 200);
  await clock(30 * 60 + 1);
  expect(await client.post("/phones", { number: "090-1234-5678", channel: "sms", acceptRisk: true })).toMatchObject({ status: 410 });
});

test("A session ends after an idle hour and after a day of use, whatever its cookie says (B06).", async ({ server, clock }) => {
  const { client } = await register(new Client(server.url));
  await clock(59 * 60);
  expect(await alive(client)).toBe(true);
  await clock(59 * 60 + 61 * 60);
  expect(await alive(client)).toBe(false);
  const busy = (await register(new Client(server.url))).client;
  const start = 2 * HOUR;
  for (let at = start; at < start + DAY - 2 * HOUR; at += 50 * 60) {
    await clock(at);
    expect(await alive(busy), `${at / 60} min`).toBe(true);
  }
  await clock(start + DAY + 60);
  // A client can send the cookie beyond its lifetime; the server rejects it.
  expect(await alive(busy)).toBe(false);
  expect((await busy.clone().get("/account")).status).toBe(307);
  expect((await busy.clone().get("/api/auth/session")).text).toBe("{}");
});

test("next-auth's reading of a session makes it live no longer (SE-08, B10).", async ({ server, clock }) => {
  const { client } = await register(new Client(server.url));
  const expires = (await client.get("/api/v1/session")).body.session ?? (await client.get("/api/v1/session")).body;
  for (const minutes of [30, 59, 80]) {
    await clock(minutes * 60);
    const body = JSON.stringify({
      csrfToken: "x",
      data: { aal: 2, amr: ["pwd", "otp"], expires: "2099-01-01", user: { roles: ["admin"] } },
    });
    await client.clone().call("POST", "/api/auth/session", body, { origin: server.url });
    const read = await client.clone().get("/api/auth/session");
    expect(new Date((read.body as { expires?: string }).expires ?? 0).getTime()).toBeLessThanOrEqual(
      new Date((expires as { expiresAt?: string }).expiresAt ?? 0).getTime(),
    );
    expect(read.text).not.toMatch(/admin|amr/);
  }
});

test("A lock neither vanishes when the clock goes back nor stays when its time is over (K15).", async ({ server, clock }) => {
  const person = await register(new Client(server.url));
  const first = await passPassword(person, new Client(server.url));
  for (let guess = 1; guess <= 5; guess += 1) await first.client.post("/challenge/verify", { code: otherThan(first.code, guess) });
  const second = await passPassword(person, new Client(server.url));
  for (let guess = 1; guess <= 5; guess += 1) await second.client.post("/challenge/verify", { code: otherThan(second.code, guess) });
  const third = await passPassword(person, new Client(server.url));
  const refused = async (pending: typeof third, jump: number) => {
    await clock(jump);
    expect((await pending.client.clone().post("/challenge/verify", { code: pending.code })).status, `at ${jump} s`).toBe(429);
  };
  for (const jump of [0, 60, -60, 5 * 60]) await refused(third, jump);
  await clock(14 * 60);
  await refused(await passPassword(person, new Client(server.url)), 14 * 60);
  await clock(16 * 60);
  const last = await passPassword(person, new Client(server.url));
  expectStatus(await last.client.post("/challenge/verify", { code: last.code }), 200);
});

test("A clock that jumped a year ahead ends what was open and lets people in again; back again, the dead stay dead (K15).", async ({
  server,
  clock,
}) => {
  const person = await register(new Client(server.url));
  const pending = await passPassword(person, new Client(server.url));
  await clock(365 * DAY);
  expect(await alive(person.client)).toBe(false);
  expect((await pending.client.post("/challenge/verify", { code: pending.code })).status).toBe(410);
  const later = await passPassword(person, new Client(server.url));
  expectStatus(await later.client.post("/challenge/verify", { code: later.code }), 200);
  await clock(0);
  // The return of the clock does not revive a replaced challenge.
  expect((await pending.client.post("/challenge/verify", { code: pending.code })).status).not.toBe(200);
  expect((await later.client.post("/challenge/verify", { code: later.code })).status).toBe(404);
});
