import { table } from "../lib/api/contract/table.ts";
import { Client, expectStatus, freshEmail, freshNumber, otherThan, PASSWORD, passPassword, register } from "./support/api.ts";
import { Contract, DocumentedClient } from "./support/documented.ts";
import { test as base, expect } from "./support/fixtures.ts";
import type { Instance } from "./support/server.ts";

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
    expectStatus(await person.client.post("/recovery-codes"), 403);
    expectStatus(await person.client.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true }), 403);
    const visitor = client(server, contract);
    expectStatus(await visitor.get("/api/v1/challenge"), 404);
    expectStatus(await visitor.post("/recovery-codes/confirm", { code: "x" }), 401);
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
      (await client(server, contract).call(method, path, body, { origin: server.url, ...headers })).status;
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
