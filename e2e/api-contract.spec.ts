import { table } from "../lib/api/contract/table.ts";
import { Client, expectStatus, freshEmail, freshNumber, otherThan, PASSWORD, type Person, passPassword, register } from "./support/api.ts";
import { Contract, DocumentedClient } from "./support/documented.ts";
import { playFactors } from "./support/factor-plays.ts";
import { test as base, expect } from "./support/fixtures.ts";
import { atSignIn, caseNotice, requestCase } from "./support/lost-phone.ts";
import { addPhone, codeOf, NEW_PASSWORD, noticeOf, phonesOf, proveMailbox, stepUp } from "./support/own-control.ts";
import type { Instance } from "./support/server.ts";
import { playSignUpFactors } from "./support/sign-up-factor-plays.ts";
import { playVerifications } from "./support/verification-plays.ts";

// Plays every call of the OpenAPI document and compares each answer with the document: status, media type, headers, body.
const client = (server: Instance, contract: Contract) => new DocumentedClient(contract, server.url);

const test = base.extend<object, { contract: Contract }>({
  contract: [
    async ({ server }, use) => {
      const { body } = await new Client(server.url).get("/api/v1/openapi.json");
      await use(new Contract(body as unknown as ConstructorParameters<typeof Contract>[0]));
    },
    { scope: "worker" },
  ],
});
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });
test.afterEach(({ server }) => new Client(server.url).clock(0));

const NOBODY = "00000000-0000-4000-8000-000000000000";

/** The calls of a signed-in person, and the class of acts that a call is one of. */
const own: [method: string, path: string, body: object | undefined, action?: string][] = [
  ["POST", "/step-up", { action: "manage_factors" }],
  ["POST", "/account/password", { password: NEW_PASSWORD }, "change_password"],
  ["POST", "/account/email", { email: freshEmail() }, "change_email"],
  ["GET", "/account/export", undefined, "export_data"],
  ["DELETE", "/account", undefined, "delete_account"],
  ["POST", "/account/restore", {}, "delete_account"],
  ["GET", "/factors", undefined],
  ["PATCH", `/phones/${NOBODY}`, { name: "x" }, "manage_factors"],
  ["DELETE", `/phones/${NOBODY}`, undefined, "manage_factors"],
  ["POST", "/recovery-codes", {}, "manage_factors"],
  ["GET", "/sessions", undefined],
  ["DELETE", "/sessions", undefined],
  ["DELETE", `/sessions/${NOBODY}`, undefined],
  ["GET", "/activity", undefined],
];

const v1 = (path: string) => `/api/v1${path}`;

/** Signs a person in again, in the same client. */
async function again(person: Person, password = PASSWORD): Promise<void> {
  const code = await codeOf(person.client, person.number, async () =>
    expectStatus(await person.client.post("/sign-in", { identifier: person.email, password }), 200),
  );
  expectStatus(await person.client.post("/challenge/verify", { code }), 200);
}

async function playPhones(person: Person): Promise<void> {
  const { client: browser, email } = person;
  expect((await stepUp(person, "manage_factors")).body.next).toBe("stepped_up");
  expect(expectStatus(await browser.post("/step-up", { action: "manage_factors" }), 200).body.next).toBe("stepped_up");
  expectStatus(await browser.post("/phones", { number: "1", channel: "sms", acceptRisk: true }), 422);
  expect((await addPhone(browser, freshNumber())).body.next).toBe("done");
  const [first, second] = await phonesOf(browser);
  expectStatus(await browser.call("PATCH", v1(`/phones/${NOBODY}`), { name: "x" }), 404);
  const named = expectStatus(
    await browser.call("PATCH", v1(`/phones/${second?.id}`), { name: "実家", default: true, channel: "voice" }),
    200,
  );
  expect(named.body).toMatchObject({ id: second?.id, name: "実家", default: true, channel: "voice" });
  expectStatus(await browser.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true, replaces: NOBODY }), 404);
  expectStatus(await browser.call("DELETE", v1(`/phones/${second?.id}`)), 204);
  expectStatus(await browser.call("DELETE", v1(`/phones/${second?.id}`)), 404);
  expect(expectStatus(await browser.call("DELETE", v1(`/phones/${first?.id}`)), 409).body.code).toBe("last_factor");
  const { reference, undoCode } = await noticeOf(browser, email, "undoCode", () => addPhone(browser, freshNumber(), first?.id));
  expectStatus(await browser.post("/undo", { reference, undoCode: "00000-00000", password: PASSWORD }), 422);
  expectStatus(await browser.post("/undo", { reference, undoCode, password: "wrong" }), 401);
  expectStatus(await browser.post("/undo", { reference, undoCode, password: PASSWORD }), 204);
  expectStatus(await browser.get(v1("/factors")), 401);
  await again(person);
  expect((await phonesOf(browser)).map(({ id }) => id)).toEqual([first?.id]);
}

async function playChanges(person: Person, visitor: Client): Promise<void> {
  const { client: browser } = person;
  await stepUp(person, "change_password");
  expectStatus(await browser.post("/account/password", { password: "short" }), 422);
  const { reference, stopCode } = await noticeOf(browser, person.email, "stopCode", async () =>
    expectStatus(await browser.post("/account/password", { password: NEW_PASSWORD }), 204),
  );
  expectStatus(await visitor.post("/stop", { reference, stopCode: "00000-00000" }), 422);
  expectStatus(await visitor.post("/stop", { reference, stopCode }), 204);
  expectStatus(await visitor.post("/stop", { reference, stopCode }), 422);
  await again(person, NEW_PASSWORD);
  await stepUp(person, "change_email");
  expectStatus(await browser.post("/account/email", { email: "none" }), 422);
  const email = freshEmail();
  const code = await codeOf(browser, email, async () => expectStatus(await browser.post("/account/email", { email }), 202));
  expect(expectStatus(await browser.post("/challenge/verify", { code }), 200).body.session?.user.email).toBe(email);
  person.email = email;
  await stepUp(person, "manage_factors");
  const { codes = [] } = expectStatus(await browser.post("/recovery-codes"), 200).body;
  expect(expectStatus(await browser.get(v1("/factors")), 403).body.code).toBe("recovery_codes_unconfirmed");
  expectStatus(await browser.post("/recovery-codes/confirm", { code: person.codes[1] }), 422);
  expectStatus(await browser.post("/recovery-codes/confirm", { code: codes[0] }), 200);
}

async function playSessions(person: Person, other: Client): Promise<void> {
  const { client: browser } = person;
  await again({ ...person, client: other }, NEW_PASSWORD);
  const { sessions } = expectStatus(await browser.get(v1("/sessions")), 200).body as unknown as {
    sessions: { id: string; current: boolean }[];
  };
  const others = sessions.filter(({ current }) => !current);
  expect([sessions.length, others.length]).toEqual([2, 1]);
  expectStatus(await browser.call("DELETE", v1(`/sessions/${others[0]?.id}`)), 204);
  expectStatus(await browser.call("DELETE", v1(`/sessions/${others[0]?.id}`)), 404);
  expectStatus(await other.get(v1("/sessions")), 401);
  expectStatus(await browser.call("DELETE", v1("/sessions")), 204);
  const { next } = expectStatus(await browser.get(v1("/activity")), 200).body;
  expectStatus(await browser.get(v1(`/activity?before=${next ?? 1}`)), 200);
  expectStatus(await browser.get(v1("/activity?before=x")), 422);
}

async function playExport(person: Person): Promise<void> {
  const { client: browser, number } = person;
  await stepUp(person, "export_data");
  const { phones } = expectStatus(await browser.get(v1("/account/export")), 200).body as unknown as { phones: { number: string }[] };
  expect(phones.map((phone) => phone.number)).toEqual([number]);
}

async function playDeletion(person: Person): Promise<void> {
  const { client: browser } = person;
  await stepUp(person, "delete_account");
  const { deleteAt } = expectStatus(await browser.call("DELETE", v1("/account")), 202).body;
  expect(expectStatus(await browser.call("DELETE", v1("/account")), 202).body.deleteAt).toBe(deleteAt);
  expectStatus(await browser.post("/account/restore"), 204);
}

async function playLostPhone(person: Person, visitor: () => Client): Promise<void> {
  expectStatus(await visitor().post("/lost-phone", { reason: "lost" }), 404);
  const pending = await atSignIn(person, visitor());
  expectStatus(await pending.post("/lost-phone", { reason: "none" }), 422);
  expectStatus(await pending.post("/challenge/send", { method: "recovery_mail" }), 202);
  const before = await pending.latest(person.email);
  const { body } = await requestCase(person, visitor());
  expect(body).toMatchObject({ next: "lost_phone", request: { state: "requested" } });
  expect(expectStatus(await (await atSignIn(person, visitor())).post("/lost-phone", { reason: "lost" }), 409).body.code).toBe("case_open");
  const { reference, statusCode, stopCode } = await caseNotice(pending, person.email, before, "statusCode");
  expectStatus(await visitor().post("/lost-phone/status", { reference, statusCode: "00000-00000" }), 422);
  expect(expectStatus(await visitor().post("/lost-phone/status", { reference, statusCode }), 200).body).toMatchObject({ reference });
  expect(expectStatus(await person.client.get(v1("/session")), 200).body).toMatchObject({ restrictedUntil: null });
  expect(expectStatus(await person.client.post("/account/password", { password: NEW_PASSWORD }), 403).body).toMatchObject({
    code: "account_restricted",
  });
  expectStatus(await visitor().post("/stop", { reference, stopCode }), 204);
  expect(expectStatus(await visitor().post("/lost-phone/status", { reference, statusCode }), 200).body.state).toBe("cancelled");
  await again(person);
  expect(expectStatus(await person.client.get(v1("/session")), 200).body).not.toHaveProperty("restrictedUntil");
}

async function playReset(person: Person, visitor: Client): Promise<void> {
  const { email, number } = person;
  expectStatus(await visitor.post("/password-reset", {}), 422);
  expectStatus(await visitor.post("/password-reset/password", { password: PASSWORD }), 404);
  const opened = expectStatus(await visitor.clone().post("/password-reset", { identifier: freshEmail() }), 202).body.challenge;
  expect(opened).toMatchObject({ purpose: "RESET_PASSWORD", codeLength: 10 });
  const text = await codeOf(visitor, number, async () => expect((await proveMailbox(visitor, email, number)).body.next).toBe("verify"));
  expectStatus(await visitor.post("/password-reset/password", { password: PASSWORD }), 404);
  expect(expectStatus(await visitor.post("/challenge/verify", { code: text }), 200).body.next).toBe("set_password");
  expectStatus(await visitor.post("/password-reset/password", { password: "short" }), 422);
  expectStatus(await visitor.post("/password-reset/password", { password: PASSWORD }), 204);
  expectStatus(await visitor.post("/password-reset/password", { password: PASSWORD }), 404);
  expectStatus(await person.client.get(v1("/factors")), 401);
  await again(person);
}

// Before the test that looks whether each call was played.
test("The calls of an authenticator app and of passkeys answer, and refuse, as the document says.", ({ server, contract }) =>
  playFactors(() => client(server, contract)));

test("The calls of a sign-up without a phone and of a passkey made by itself answer, and refuse, as the document says.", ({
  server,
  contract,
}) => playSignUpFactors(() => client(server, contract), server.databaseUrl));

test("The calls of another system answer, and refuse, as the document says.", ({ server, contract }) =>
  playVerifications(() => client(server, contract), server.databaseUrl));

test("Every documented call answers, and refuses, as the document says.", async ({ server, contract }) => {
  const person = await register(client(server, contract));
  await test.step("a sign-in, its ways and its end", async () => {
    expectStatus(await client(server, contract).post("/sign-in", { identifier: person.email, password: "wrong" }), 401);
    const { client: pending, code } = await passPassword(person, client(server, contract));
    const { methods } = (await pending.get("/api/v1/challenge")).body as unknown as { methods: { method: string; phoneId?: string }[] };
    const { phoneId } = methods.find(({ method }) => method === "voice") ?? {};
    expectStatus(await pending.post("/challenge/send", { method: "voice", phoneId }), 202);
    expectStatus(await pending.post("/challenge/send", { method: "email" }), 422);
    expectStatus(await pending.post("/challenge/verify", { code: otherThan(code) }), 422);
    expectStatus(await pending.post("/challenge/verify", { code: "no code" }), 422);
    expectStatus(await pending.call("GET", "/api/v1/challenge", undefined, { "sekisho-form": "another" }), 409);
    const late = pending.clone();
    const verified = expectStatus(await pending.post("/challenge/verify", { code }), 200);
    expect(verified.body.next).toBe("done");
    expectStatus(await pending.get("/api/v1/session"), 200);
    contract.hold("POST", "/api/v1/challenge/verify", expectStatus(await late.post("/challenge/verify", { code }), 404));
    expectStatus(await pending.call("DELETE", "/api/v1/session", undefined, { origin: "https://evil.example" }), 403);
    expectStatus(await pending.call("DELETE", "/api/v1/session"), 204);
    expectStatus(await pending.get("/api/v1/session"), 401);
  });
  await test.step("a sign-in that comes too late, and one that guesses too often", async () => {
    const { client: late, code } = await passPassword(person, client(server, contract));
    await late.clock(601);
    expectStatus(await late.post("/challenge/verify", { code }), 410);
    expectStatus(await late.post("/challenge/send", { method: "sms" }), 410);
    await late.clock(0);
    const { client: guessing, code: right } = await passPassword(await register(client(server, contract)), client(server, contract));
    for (let step = 1; step <= 5; step += 1) await guessing.post("/challenge/verify", { code: otherThan(right, step) });
    expectStatus(await guessing.post("/challenge/verify", { code: right }), 429);
    expectStatus(await guessing.get("/api/v1/challenge"), 200);
  });
  await test.step("a number that is not accepted, and one that another account has", async () => {
    const fresh = client(server, contract);
    const email = freshEmail();
    expectStatus(await fresh.post("/sign-up", { email, password: PASSWORD, locale: "en" }), 202);
    expectStatus(await fresh.post("/sign-up", { email: "none", password: "short" }), 422);
    expectStatus(await fresh.post("/challenge/verify", { code: (await fresh.message(email)).code }), 200);
    expectStatus(await fresh.post("/phones", { number: "1", channel: "sms", acceptRisk: true }), 422);
    expectStatus(await fresh.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: false }), 422);
    const before = (await fresh.message(person.number)).at;
    expectStatus(await fresh.post("/phones", { number: person.number, channel: "sms", acceptRisk: true }), 202);
    const { code } = await fresh.message(person.number, before);
    expectStatus(await fresh.post("/challenge/verify", { code }), 409);
  });
  await test.step("what an account asks for after its sign-up", async () => {
    expectStatus(await person.client.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true }), 403);
    const visitor = client(server, contract);
    expectStatus(await visitor.get("/api/v1/challenge"), 404);
    expectStatus(await visitor.post("/recovery-codes/confirm", { code: "x" }), 401);
  });
  await test.step("what a visitor, and a session without step-up, is refused", async () => {
    const visitor = client(server, contract);
    expectStatus(await visitor.post("/sign-in/passkey", { unknown: 1 }), 422);
    for (const [method, path, body] of own) expectStatus(await visitor.call(method, `/api/v1${path}`, body), 401);
    for (const [method, path, body, action] of own) {
      const { body: refused } = action ? expectStatus(await person.client.call(method, `/api/v1${path}`, body), 403) : { body: null };
      if (refused) expect([path, refused.code, refused.action]).toEqual([path, "step_up_required", action]);
    }
  });
  await test.step("a phone added, named, replaced, put back and removed", () => playPhones(person));
  await test.step("a password, an address and the recovery codes changed", () => playChanges(person, client(server, contract)));
  await test.step("sessions and activity", () => playSessions(person, client(server, contract)));
  await test.step("a person's data", () => playExport(person));
  await test.step("a deletion asked for and taken back", () => playDeletion(person));
  await test.step("a forgotten password", () => playReset(person, client(server, contract)));
  await test.step("a lost phone, and its request that is stopped", () => playLostPhone(person, () => client(server, contract)));
  await test.step("one act that is confirmed, and used once", async () => {
    const act = { act: "points_exchange", unit: "pt", amount: "5000", payee: "山田商店", reference: "order-1" };
    expectStatus(await client(server, contract).post("/confirmations", act), 401);
    expectStatus(await person.client.post("/confirmations", { ...act, amount: "5,000" }), 422);
    expectStatus(await person.client.post("/confirmations", { ...act, payee: "evil.jp" }), 422);
    const before = (await person.client.message(person.number)).at;
    const begun = expectStatus(await person.client.post("/confirmations", act), 200);
    const id = String(begun.body.id);
    expect(begun.body.challenge).toMatchObject({ purpose: "STEP_UP", action: { amount: "5000", payee: "山田商店" } });
    const use = (who: Client, values: object) => who.post(`/confirmations/${id}/use`, values);
    expectStatus(await use(person.client, act), 409);
    const { code, text } = await person.client.message(person.number, before);
    expect(text).toContain("山田商店へ5000pt");
    expect(expectStatus(await person.client.post("/challenge/verify", { code }), 200).body).toMatchObject({
      next: "confirmed",
      confirmation: id,
    });
    expectStatus(await use(person.client, { ...act, amount: "5001" }), 409);
    expectStatus(await use((await register(client(server, contract))).client, act), 404);
    expect(expectStatus(await use(person.client, act), 200).body.receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expectStatus(await use(person.client, act), 409);
  });
  expect(contract.missing()).toEqual([]);
});

test("Every documented call refuses a foreign Origin, another media type, too much, and unknown fields as the document says.", async ({
  server,
  contract,
}) => {
  const foreign = { origin: "https://evil.example" };
  for (const { method, path, described } of contract.calls.filter((one) => one.method !== "GET")) {
    const ask = async (body?: unknown, headers: Record<string, string> = {}) =>
      (await client(server, contract).call(method, path.replace(/\{\w+\}/g, NOBODY), body, { origin: server.url, ...headers })).status;
    expect(await ask(undefined, foreign), path).toBe(403);
    expect(await ask("a=b", { "content-type": "text/plain" }), path).toBe(415);
    expect(await ask("x".repeat(65_537)), path).toBe(413);
    if (described.requestBody) expect(await ask({ unknown: 1 }), path).toBe(422);
  }
});

test("The calls of the demo answer as their entries of the table say.", async ({ server }) => {
  const schemaOf = (path: string) => table.find((one) => one.path === path)?.answers[200]?.schema;
  const person = await register(new Client(server.url));
  const inbox = expectStatus(await person.client.get(`/api/demo/messages?to=${encodeURIComponent(person.number)}`), 200);
  expect(schemaOf("/api/demo/messages")?.parse(inbox.body)).toEqual(inbox.body);
  const clock = expectStatus(await person.client.clock(5), 200);
  expect(schemaOf("/api/demo/clock")?.parse(clock.body)).toEqual(clock.body);
  expect((await person.client.get("/api/demo/messages?wait=21")).body.code).toBe("invalid_input");
});
