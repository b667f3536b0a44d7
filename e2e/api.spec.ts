import {
  type ChallengeJson,
  Client,
  expectStatus,
  freshEmail,
  freshNumber,
  otherThan,
  PASSWORD,
  passPassword,
  register,
} from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Instance } from "./support/server.ts";

const client = (server: Instance) => new Client(server.url);

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });
test.afterEach(({ server }) => client(server).clock(0));

test("A person signs up, saves codes, signs out and signs in by the API alone.", async ({ server }) => {
  const person = client(server);
  const [email, number] = [freshEmail(), freshNumber()];
  const signUp = expectStatus(await person.post("/sign-up", { email, password: PASSWORD, locale: "en" }), 202).body;
  expect(signUp).toMatchObject({
    next: "verify",
    challenge: { purpose: "SIGN_UP", methods: [{ method: "email" }], codeLength: 6, attemptsLeft: 5 },
  });
  expect((await person.get("/api/v1/session")).status).toBe(401);
  const proven = expectStatus(await person.post("/challenge/verify", { code: (await person.message(email)).code }), 200).body;
  expect(proven).toMatchObject({ next: "bind_phone", challenge: { purpose: "BIND_PHONE", methods: [], delivery: null } });
  const bound = expectStatus(await person.post("/phones", { number, channel: "sms", acceptRisk: true }), 202).body;
  expect(bound).toMatchObject({ next: "verify", challenge: { delivery: { method: "sms", hint: `••${number.slice(-2)}` } } });
  const text = await person.message(number);
  expect(text).toMatchObject({ channel: "sms", to: number, link: null, status: "delivered" });
  const verified = expectStatus(await person.post("/challenge/verify", { code: text.code }), 200).body;
  expect(verified).toMatchObject({
    next: "save_recovery_codes",
    session: { aal: 2, amr: ["pwd", "sms"], user: { email, locale: "en", roles: [] } },
  });
  const codes = expectStatus(await person.post("/recovery-codes"), 200).body.codes ?? [];
  expect(codes).toHaveLength(10);
  expect((await person.post("/recovery-codes")).body.codes).toEqual(codes);
  expect((await person.post("/recovery-codes/confirm", { code: "0000-0000-0000-0000" })).body.code).toBe("code_wrong");
  expectStatus(await person.post("/recovery-codes/confirm", { code: codes[7] }), 200);
  expect((await person.post("/recovery-codes")).body.code).toBe("step_up_required");
  expectStatus(await person.call("DELETE", "/api/v1/session"), 204);
  expect((await person.get("/api/v1/session")).status).toBe(401);
  const again = await passPassword({ email, number, codes, client: person }, person);
  const done = expectStatus(await person.post("/challenge/verify", { code: again.code }), 200).body;
  expect(done).toMatchObject({ next: "done", session: { user: { email } } });
  expect((await person.get("/api/v1/session")).body).toMatchObject({ user: { email } });
  expect((await person.get("/api/v1/challenge")).status).toBe(404);
});

test("A bound number signs in as well as the address, in its national spelling too.", async ({ server }) => {
  const person = await register(client(server));
  const national = `0${person.number.slice(3)}`;
  const answer = expectStatus(await client(server).post("/sign-in", { identifier: national, password: PASSWORD }), 200);
  expect(answer.body.challenge?.purpose).toBe("SIGN_IN");
});

test("A voice call carries the same code as the text, and the first one needs no wait.", async ({ server }) => {
  const person = await register(client(server));
  const { client: pending, code } = await passPassword(person, client(server));
  const after = (await pending.message(person.number)).at;
  const phoneId = ((await pending.get("/api/v1/challenge")).body as unknown as ChallengeJson).methods.find(
    (one) => one.method === "voice",
  )?.phoneId;
  expectStatus(await pending.post("/challenge/send", { method: "voice", phoneId }), 202);
  const call = await pending.message(person.number, after);
  expect(call).toMatchObject({ channel: "voice", code });
  expect(expectStatus(await pending.post("/challenge/verify", { method: "voice", code }), 200).body.session?.amr).toEqual(["pwd", "tel"]);
});

test("A landline is led to voice.", async ({ server }) => {
  const person = client(server);
  const email = freshEmail();
  await person.post("/sign-up", { email, password: PASSWORD });
  await person.post("/challenge/verify", { code: (await person.message(email)).code });
  const number = `+8135${String(Date.now()).slice(-7)}`;
  expect((await person.post("/phones", { number, channel: "sms", acceptRisk: true })).body).toMatchObject({
    code: "number_not_accepted",
    reason: "landline_needs_voice",
  });
  expectStatus(await person.post("/phones", { number, channel: "voice", acceptRisk: true }), 202);
  expect((await person.message(number)).channel).toBe("voice");
});

test("The fixed numbers of the demo network behave as the demo phone says.", async ({ server }) => {
  const outcome = async (last: string, channel: "sms" | "voice" = "sms") => {
    const person = client(server);
    const email = freshEmail();
    await person.post("/sign-up", { email, password: PASSWORD });
    await person.post("/challenge/verify", { code: (await person.message(email)).code });
    expectStatus(await person.post("/phones", { number: freshNumber(last), channel, acceptRisk: true }), 202);
    const delivery = async () => ((await person.get("/api/v1/challenge")).body as unknown as ChallengeJson).delivery;
    await expect.poll(async () => (await delivery())?.status).not.toBe("queued");
    const { status, reason } = (await delivery()) ?? { status: "none" };
    return { person, said: reason ? `${status} ${reason}` : status };
  };
  expect((await outcome("0001")).said).toBe("undelivered refused_by_subscriber");
  expect((await outcome("0002")).said).toBe("undelivered no_sms_service");
  expect((await outcome("0002", "voice")).said).toBe("delivered");
  expect((await outcome("0003")).said).toBe("sent");
  expect((await outcome("0004")).said).toBe("delivered");
  expect((await outcome("0005")).said).toBe("failed provider_down");
  expect((await outcome("0007", "voice")).said).toBe("undelivered not_reachable");
  const late = await outcome("0006");
  expect(late.said).toBe("sent");
  await client(server).clock(21);
  await expect
    .poll(async () => ((await late.person.get("/api/v1/challenge")).body as unknown as ChallengeJson).delivery?.status)
    .toBe("delivered");
});

test("A text that the network refused gives its send back, at most twice.", async ({ server }) => {
  const person = client(server);
  const email = freshEmail();
  await person.post("/sign-up", { email, password: PASSWORD });
  await person.post("/challenge/verify", { code: (await person.message(email)).code });
  await person.post("/phones", { number: freshNumber("0001"), channel: "sms", acceptRisk: true });
  const sendsLeft = async () => ((await person.get("/api/v1/challenge")).body as unknown as ChallengeJson).sendsLeft;
  await expect.poll(sendsLeft).toBe(5);
  await person.post("/challenge/send", { method: "sms" });
  await expect.poll(sendsLeft).toBe(5);
  await person.post("/challenge/send", { method: "sms" });
  await expect.poll(sendsLeft).toBe(4);
});

test("What is asked without its step is refused.", async ({ server }) => {
  const nobody = client(server);
  expect((await nobody.get("/api/v1/challenge")).body.code).toBe("challenge_missing");
  expect((await nobody.post("/challenge/verify", { code: "123456" })).status).toBe(404);
  expect((await nobody.post("/challenge/send", { method: "sms" })).status).toBe(404);
  expect((await nobody.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true })).status).toBe(404);
  expect((await nobody.post("/recovery-codes")).status).toBe(401);
  expect((await nobody.post("/recovery-codes/confirm", { code: "x" })).status).toBe(401);
  expect((await nobody.call("DELETE", "/api/v1/session")).status).toBe(204);
  expect(await nobody.get("/api/v1/nothing")).toMatchObject({ status: 404, body: { code: "not_found" } });
  const person = await register(client(server));
  expect(await person.client.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true })).toMatchObject({
    status: 403,
    body: { code: "step_up_required" },
  });
});

test("A wrong code says how many tries are left, and an expired one says so.", async ({ server }) => {
  const person = await register(client(server));
  const { client: pending, code } = await passPassword(person, client(server));
  expect((await pending.post("/challenge/verify", { code: otherThan(code) })).body).toMatchObject({ code: "code_wrong", attemptsLeft: 4 });
  await pending.clock(601);
  expect(await pending.post("/challenge/verify", { code })).toMatchObject({ status: 410, body: { code: "challenge_expired" } });
});

test("A known address gets the same answer and another mail.", async ({ server }) => {
  const person = await register(client(server));
  const before = (await person.client.message(person.email)).at;
  const [known, unknown] = [
    await client(server).post("/sign-up", { email: person.email, password: PASSWORD }),
    await client(server).post("/sign-up", { email: freshEmail(), password: PASSWORD }),
  ];
  const shape = (answer: typeof known) =>
    JSON.stringify(answer.body)
      .replace(/p[0-9a-f-]{36}@example\.jp/g, "…")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "t");
  expect([known.status, shape(known)]).toEqual([unknown.status, shape(unknown)]);
  const mail = await person.client.message(person.email, before);
  expect(mail.code).toBeNull();
  // The mail describes the site in words and contains no link: phishing mails imitate sign-in links.
  expect(mail.link).toBeNull();
  expect(mail.text).toContain("いつもお使いのブックマークから");
  expect(mail.text).not.toMatch(/:\/\/|localhost/);
});

test("next-auth reads and ends the same session, and opens none.", async ({ server }) => {
  const person = await register(client(server));
  expect((await person.client.get("/api/auth/session")).body).toMatchObject({ user: { email: person.email } });
  for (const path of ["/api/auth/signin", "/api/auth/providers", "/api/auth/callback/credentials", "/api/auth/error"])
    expect((await person.client.get(path)).status).toBe(404);
  const { csrfToken } = (await person.client.get("/api/auth/csrf")).body as { csrfToken?: string };
  const out = await person.client.call("POST", "/api/auth/signout", `csrfToken=${csrfToken}&json=true`, {
    "content-type": "application/x-www-form-urlencoded",
    origin: server.url,
  });
  expect(out.status).toBeLessThan(400);
  expect((await person.client.get("/api/v1/session")).status).toBe(401);
});

test("The OpenAPI document describes every call.", async ({ server }) => {
  const { body } = await client(server).get("/api/v1/openapi.json");
  expect(body.openapi).toBe("3.1.0");
  expect(Object.keys(body.paths as object).sort()).toEqual([
    "/account",
    "/account/email",
    "/account/export",
    "/account/password",
    "/account/restore",
    "/activity",
    "/challenge",
    "/challenge/passkey",
    "/challenge/send",
    "/challenge/verify",
    "/confirmations",
    "/confirmations/{id}/use",
    "/factors",
    "/factors/passkeys",
    "/factors/passkeys/automatic",
    "/factors/passkeys/automatic/confirm",
    "/factors/passkeys/confirm",
    "/factors/passkeys/{id}",
    "/factors/totp",
    "/factors/totp/confirm",
    "/lost-phone",
    "/lost-phone/status",
    "/password-reset",
    "/password-reset/password",
    "/phones",
    "/phones/{id}",
    "/recovery-codes",
    "/recovery-codes/confirm",
    "/session",
    "/sessions",
    "/sessions/{id}",
    "/sign-in",
    "/sign-in/passkey",
    "/sign-in/passkey/verify",
    "/sign-up",
    "/step-up",
    "/stop",
    "/undo",
    "/verifications",
    "/verifications/{id}",
    "/verifications/{id}/check",
    "/verifications/{id}/send",
  ]);
});
