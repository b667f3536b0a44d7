import { expect, test } from "@playwright/test";
import { table } from "../lib/api/contract/table.ts";
import { Client, expectStatus, freshEmail, freshNumber, otherThan, PASSWORD, passPassword, register } from "./support/api.ts";
import { Contract, DocumentedClient } from "./support/documented.ts";
import { playFactors } from "./support/factor-plays.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { playSignUpFactors } from "./support/sign-up-factor-plays.ts";

// Plays every call of the OpenAPI document and compares each answer with the document: status, media type, headers, body.
let server: Instance;
let contract: Contract;
const client = () => new DocumentedClient(contract, server.url);

test.beforeAll(async () => {
  server = await startInstance({ env: { SEKISHO_LIMITS: "bench" } });
  const { body } = await new Client(server.url).get("/api/v1/openapi.json");
  contract = new Contract(body as unknown as ConstructorParameters<typeof Contract>[0]);
});
test.afterAll(() => server.stop());
test.afterEach(() => new Client(server.url).clock(0));

// Before the test that looks whether each call was played.
test("The calls of an authenticator app and of passkeys answer, and refuse, as the document says.", () => playFactors(client));

test("The calls of a sign-up without a phone and of a passkey made by itself answer, and refuse, as the document says.", () =>
  playSignUpFactors(client, server.databaseUrl));

test("Every documented call answers, and refuses, as the document says.", async () => {
  const person = await register(client());
  await test.step("a sign-in, its ways and its end", async () => {
    expectStatus(await client().post("/sign-in", { identifier: person.email, password: "wrong" }), 401);
    const { client: pending, code } = await passPassword(person, client());
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
    const { client: late, code } = await passPassword(person, client());
    await late.clock(601);
    expectStatus(await late.post("/challenge/verify", { code }), 410);
    expectStatus(await late.post("/challenge/send", { method: "sms" }), 410);
    await late.clock(0);
    const { client: guessing, code: right } = await passPassword(await register(client()), client());
    for (let step = 1; step <= 5; step += 1) await guessing.post("/challenge/verify", { code: otherThan(right, step) });
    expectStatus(await guessing.post("/challenge/verify", { code: right }), 429);
    expectStatus(await guessing.get("/api/v1/challenge"), 200);
  });
  await test.step("a number that is not accepted, and one that another account has", async () => {
    const fresh = client();
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
    expectStatus(await person.client.post("/recovery-codes"), 403);
    expectStatus(await person.client.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true }), 403);
    const visitor = client();
    expectStatus(await visitor.get("/api/v1/challenge"), 404);
    expectStatus(await visitor.post("/recovery-codes/confirm", { code: "x" }), 401);
  });
  await test.step("one act that is confirmed, and used once", async () => {
    const act = { act: "points_exchange", unit: "pt", amount: "5000", payee: "山田商店", reference: "order-1" };
    expectStatus(await client().post("/confirmations", act), 401);
    expectStatus(await person.client.post("/confirmations", { ...act, amount: "5,000" }), 422);
    expectStatus(await person.client.post("/confirmations", { ...act, payee: "evil.jp" }), 422);
    const before = (await person.client.message(person.number)).at;
    const begun = expectStatus(await person.client.post("/confirmations", act), 200);
    const id = String(begun.body.id);
    expect(begun.body.challenge).toMatchObject({ purpose: "STEP_UP", action: { amount: "5000", payee: "山田商店" } });
    // The document names the call with its placeholder.
    const use = async (who: Client, values: object) => {
      const plain = new Client(server.url);
      for (const [name, value] of who.cookies) plain.cookies.set(name, value);
      const answer = await plain.call("POST", `/api/v1/confirmations/${id}/use`, values);
      contract.hold("POST", "/api/v1/confirmations/{id}/use", answer);
      return answer;
    };
    expectStatus(await use(person.client, act), 409);
    const { code, text } = await person.client.message(person.number, before);
    expect(text).toContain("山田商店へ5000pt");
    expect(expectStatus(await person.client.post("/challenge/verify", { code }), 200).body).toMatchObject({
      next: "confirmed",
      confirmation: id,
    });
    expectStatus(await use(person.client, { ...act, amount: "5001" }), 409);
    expectStatus(await use((await register(client())).client, act), 404);
    expect(expectStatus(await use(person.client, act), 200).body.receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expectStatus(await use(person.client, act), 409);
  });
  expect(contract.missing()).toEqual([]);
});

test("Every documented call refuses a foreign Origin, another media type, too much, and unknown fields as the document says.", async () => {
  const foreign = { origin: "https://evil.example" };
  for (const { method, path, described } of contract.calls.filter((one) => one.method !== "GET")) {
    const ask = async (body?: unknown, headers: Record<string, string> = {}) =>
      (await client().call(method, path, body, { origin: server.url, ...headers })).status;
    expect(await ask(undefined, foreign), path).toBe(403);
    expect(await ask("a=b", { "content-type": "text/plain" }), path).toBe(415);
    expect(await ask("x".repeat(65_537)), path).toBe(413);
    if (described.requestBody) expect(await ask({ unknown: 1 }), path).toBe(422);
  }
});

test("The calls of the demo answer as their entries of the table say.", async () => {
  const schemaOf = (path: string) => table.find((one) => one.path === path)?.answers[200]?.schema;
  const person = await register(new Client(server.url));
  const inbox = expectStatus(await person.client.get(`/api/demo/messages?to=${encodeURIComponent(person.number)}`), 200);
  expect(schemaOf("/api/demo/messages")?.parse(inbox.body)).toEqual(inbox.body);
  const clock = expectStatus(await person.client.clock(5), 200);
  expect(schemaOf("/api/demo/clock")?.parse(clock.body)).toEqual(clock.body);
  expect((await person.client.get("/api/demo/messages?wait=21")).body.code).toBe("invalid_input");
});
