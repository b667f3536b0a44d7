import { randomBytes } from "node:crypto";
import { Client, expectStatus, freshEmail, freshNumber, PASSWORD, passPassword, register } from "../support/api.ts";
import { at, doors, hiddenFields, take } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Instance } from "../support/server.ts";

// Each step issues a new credential and revokes the previous one; planted, used or stale credentials open nothing (SE-02, SE-03, OTP-15, B01, B04,
// B14, A18).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const SESSION = "sekisho.session";
const CHALLENGE = "sekisho.challenge";
const holding = (server: Instance, name: string, value: string) => {
  const client = new Client(server.url);
  client.cookies.set(name, value);
  return client;
};
const opensSession = async (server: Instance, value: string | undefined) =>
  (await holding(server, SESSION, value ?? "").get("/api/v1/session")).status === 200;
const opensChallenge = async (server: Instance, value: string | undefined) =>
  (await holding(server, CHALLENGE, value ?? "").get("/api/v1/challenge")).status === 200;

for (const door of doors)
  test(`By ${door}: every step has a cookie of its own, and the ones before it are dead at once (B01).`, async ({ server }) => {
    const client = new Client(server.url);
    const [email, number] = [freshEmail(), freshNumber()];
    const challenges: string[] = [];
    const note = () => challenges.push(client.cookies.get(CHALLENGE) ?? "");
    await take(client, "signUp", door, { email, password: PASSWORD });
    note();
    expect(await opensSession(server, challenges[0])).toBe(false);
    await take(client, "verify", door, { code: (await client.message(email)).code ?? "" });
    note();
    expect(await opensChallenge(server, challenges[0])).toBe(false);
    await take(client, "phone", door, { number, channel: "sms", acceptRisk: "on" });
    await take(client, "verify", door, { code: (await client.message(number)).code ?? "" });
    const first = client.cookies.get(SESSION) ?? "";
    expect(await opensSession(server, first)).toBe(true);
    expect(client.cookies.has(CHALLENGE)).toBe(false);
    expect(await opensChallenge(server, challenges[1])).toBe(false);
    const { codes = [] } = expectStatus(await client.post("/recovery-codes"), 200).body;
    expectStatus(await client.post("/recovery-codes/confirm", { code: codes[0] }), 200);

    // A new sign-in in the same browser ends the old session after the password, before the code.
    const before = (await client.message(number)).at;
    await take(client, "signIn", door, { identifier: email, password: PASSWORD });
    note();
    expect(await opensSession(server, first)).toBe(false);
    await take(client, "verify", door, { code: (await client.message(number, before)).code ?? "" });
    const second = client.cookies.get(SESSION) ?? "";
    expect(await opensSession(server, second)).toBe(true);
    expect(await opensChallenge(server, challenges[2])).toBe(false);
    expect(new Set([...challenges, first, second, ""]).size).toBe(6);
  });

test("An old session neither skips the challenge nor opens a page while the challenge is open (SE-02, B04).", async ({ server }) => {
  const person = await register(new Client(server.url));
  const old = person.client.cookies.get(SESSION) ?? "";
  await person.client.post("/sign-in", { identifier: person.email, password: PASSWORD });
  expect(person.client.cookies.has(SESSION)).toBe(false);
  // A browser that keeps sending both old cookies counts as one without a completed step.
  person.client.cookies.set(SESSION, old);
  expect((await person.client.get("/account")).status).toBe(307);
  expect((await person.client.post("/recovery-codes")).status).toBe(401);
  expect((await person.client.get("/api/auth/session")).text).toBe("{}");
});

for (const door of doors)
  test(`By ${door}: cookies that were planted before the sign-in are neither used nor revived (B14).`, async ({ server }) => {
    const person = await register(new Client(server.url));
    const attacker = (await passPassword(await register(new Client(server.url)), new Client(server.url))).client;
    const planted = {
      [SESSION]: randomBytes(32).toString("base64url"),
      [CHALLENGE]: attacker.cookies.get(CHALLENGE) ?? "",
      "next-auth.csrf-token": `${"a".repeat(64)}%7C${"b".repeat(64)}`,
      "next-auth.session-token": randomBytes(32).toString("base64url"),
    };
    const victim = new Client(server.url);
    for (const [name, value] of Object.entries(planted)) victim.cookies.set(name, value);
    const before = (await victim.message(person.number)).at;
    expect((await take(victim, "signIn", door, { identifier: person.email, password: PASSWORD })).ok).toBe(true);
    expect(victim.cookies.get(CHALLENGE)).not.toBe(planted[CHALLENGE]);
    expect((await take(victim, "verify", door, { code: (await victim.message(person.number, before)).code ?? "" })).to).toBeTruthy();
    expect(victim.cookies.get(SESSION)).not.toBe(planted[SESSION]);
    expect(await opensSession(server, planted[SESSION])).toBe(false);
    // The planted challenge still belongs to the attacker and has not advanced.
    const { body } = await holding(server, CHALLENGE, planted[CHALLENGE] ?? "").get("/api/v1/challenge");
    expect(body).toMatchObject({ purpose: "SIGN_IN", attemptsLeft: 5 });
    expect((await victim.get("/api/v1/session")).body).toMatchObject({ user: { email: person.email } });
  });

for (const door of doors)
  test(`By ${door}: a challenge that succeeded is over; the same answer, a resend and a fresh code are refused (A18).`, async ({
    server,
  }) => {
    const person = await register(new Client(server.url));
    const { client, code } = await passPassword(person, new Client(server.url));
    const hidden = await hiddenFields(client, "/verify", "code");
    const copy = at(server.url, client);
    expect((await take(client, "verify", door, { code }, hidden)).ok).toBe(true);
    for (let again = 0; again < 2; again += 1) {
      const replay = await take(at(server.url, copy), "verify", door, { code }, hidden);
      // A form redirects to sign-in, as the browser has no open step; the API answers with its code.
      expect(replay).toMatchObject(
        door === "api" ? { code: "challenge_missing" } : { ok: false, to: expect.stringMatching(/^\/sign-in\?drawn=/) },
      );
      expect(replay.answer.headers.getSetCookie().some((line) => /session=[^;]/.test(line))).toBe(false);
    }
    expect((await copy.post("/challenge/send", { method: "sms" })).status).toBe(404);
    expect((await copy.get("/verify")).status).toBe(307);
    // The code of the next challenge does not revive the previous one.
    const next = await passPassword(person, new Client(server.url));
    expect((await take(at(server.url, copy), "verify", door, { code: next.code }, hidden)).ok).toBe(false);
    expect((await take(next.client, "verify", door, { code: next.code })).ok).toBe(true);
  });
