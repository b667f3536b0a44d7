import { type Answer, Client, freshEmail, freshNumber, PASSWORD, passPassword } from "../support/api.ts";
import { doors, hiddenFields, multipart, pageOf, postScript, type StepName, take } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Rows } from "../support/rows.ts";
import { found } from "../support/secrets.ts";
import type { Instance } from "../support/server.ts";
import { actionId, pages } from "../support/surface.ts";

// An internal error shows the user general words and a reference that the log also has; no internals leak, nothing is granted, and the process
// survives (WB-08, OTP-13, I11). The tests remove tables by name to cause real errors.

test.use({ serverSettings: { SEKISHO_LIMITS: "bench", LOG_LEVEL: "info" } });

/** Internals that must not appear: names of files, tables, columns and libraries, statements, versions. */
const INSIDE =
  /node_modules|\bat \S+ \(|\.[cm]?[jt]sx?:\d|webpack|turbopack:|PostgresError|relation "|column "|constraint|SELECT |INSERT |UPDATE |\b42P01\b|\b42703\b|Prisma|challenge_codes|limit_hits|postgres|\/tmp\/|\/home\/|\/root\//;

/** Returns the answer without the names of its script files. */
const said = (answer: Answer) => answer.text.replace(/\/_next\/static\/[^"\\]+/g, "").replace(/globalThis\["TURBOPACK"\]|TURBOPACK/g, "");

async function without<T>(rows: Rows, table: string, work: () => Promise<T>): Promise<T> {
  await rows.settled();
  await rows.query(`ALTER TABLE ${table} RENAME TO ${table}_gone`);
  try {
    return await work();
  } finally {
    await rows.query(`ALTER TABLE ${table}_gone RENAME TO ${table}`);
  }
}

function expectDiscreet(server: Instance, answer: Answer, what: string): void {
  expect(answer.status, what).toBe(500);
  expect(said(answer), what).not.toMatch(INSIDE);
  expect(answer.headers.get("cache-control"), what).toContain("no-store");
  expect(answer.headers.get("content-security-policy"), what).toContain("default-src 'self'");
  expect(answer.headers.getSetCookie(), what).toEqual([]);
  // The reference on the page identifies the line in the log.
  const references = answer.text.match(/\b[0-9A-HJKMNP-TV-Z]{12}\b/g) ?? [];
  expect(
    references.some((reference) => server.log().includes(reference)),
    `${what}: a reference that the log has`,
  ).toBe(true);
}

test("Every call of the API that breaks answers 500 with a reference and nothing of the inside.", async ({ server, rows, person }) => {
  const { client: pending } = await passPassword(person, new Client(server.url));
  const broken: [string, () => Promise<Answer>][] = [
    ["limit_hits", () => new Client(server.url).post("/sign-in", { identifier: person.email, password: PASSWORD })],
    ["challenges", () => new Client(server.url).post("/sign-up", { email: freshEmail(), password: PASSWORD })],
    ["challenges", () => pending.clone().get("/api/v1/challenge")],
    ["messages", () => pending.clone().post("/challenge/send", { method: "sms" })],
    ["challenge_codes", () => pending.clone().post("/challenge/verify", { code: "123456" })],
    ["challenges", () => pending.clone().post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true })],
    ["sessions", () => person.client.clone().get("/api/v1/session")],
    ["sessions", () => person.client.clone().call("DELETE", "/api/v1/session")],
    ["sessions", () => person.client.clone().post("/recovery-codes")],
    ["demo_messages", () => new Client(server.url).get("/api/demo/messages")],
    ["clock", () => new Client(server.url).clock(0)],
  ];
  for (const [table, ask] of broken) expectDiscreet(server, await without(rows, table, ask), `without ${table}`);
  expect((await person.client.get("/api/v1/session")).status).toBe(200);
});

test("Every form that breaks shows a page with a reference, with and without JavaScript, and grants nothing (OTP-13).", async ({
  server,
  rows,
  person,
}) => {
  const { client: pending, code } = await passPassword(person, new Client(server.url));
  const steps: [StepName, string, string, Client, Record<string, string>][] = [
    ["signIn", "limit_hits", "identifier", new Client(server.url), { identifier: person.email, password: PASSWORD }],
    ["signUp", "challenges", "email", new Client(server.url), { email: freshEmail(), password: PASSWORD }],
    ["reset", "challenges", "identifier", new Client(server.url), { identifier: person.email }],
    ["stop", "notice_codes", "stopCode", new Client(server.url), { reference: "N-7K2M9PQR", stopCode: "7K2M9-PQRST" }],
    ["verify", "sessions", "code", pending, { code }],
  ];
  for (const [step, table, field, client, fields] of steps) {
    const hidden = await hiddenFields(client, pageOf(step), field);
    for (const door of doors) {
      const { answer } = await without(rows, table, () => take(client.clone(), step, door, fields, hidden));
      expectDiscreet(server, answer, `${step} by ${door} without ${table}`);
    }
  }
  // The three failed attempts were counted and consumed nothing, so the code is still valid.
  expect(await rows.query("SELECT attempts, consumed_at FROM challenges ORDER BY created_at DESC LIMIT 1")).toEqual([
    { attempts: 3, consumed_at: null },
  ]);
  expect((await pending.post("/challenge/verify", { code })).status).toBe(200);
});

test("Every page that breaks shows a reference and nothing of the inside.", async ({ server, rows, person }) => {
  for (const path of pages().filter((one) => one.startsWith("/account") || one === "/recovery-codes"))
    expectDiscreet(server, await without(rows, "sessions", () => person.client.clone().get(path)), path);
  const { client } = await passPassword(person, new Client(server.url));
  for (const path of ["/verify", "/sign-up/phone"])
    expectDiscreet(server, await without(rows, "challenges", () => client.clone().get(path)), path);
  const payload = await without(rows, "sessions", () => person.client.clone().call("GET", "/account?_rsc", undefined, { rsc: "1" }));
  expect(said(payload)).not.toMatch(INSIDE);
});

test("What the log says of these errors holds no secret, and the process lives on.", async ({ server, person }) => {
  const secrets = [
    { kind: "password" as const, value: PASSWORD },
    { kind: "number" as const, value: person.number },
    ...[...person.client.cookies.values()].map((value) => ({ kind: "token" as const, value })),
    ...person.codes.map((value) => ({ kind: "recovery code" as const, value })),
  ];
  expect(found(server.log(), secrets)).toEqual([]);
  expect(server.log()).not.toMatch(/uncaught|unhandled/i);
  expect((await new Client(server.url).get("/api/health/ready")).status).toBe(200);
  expect((await person.client.get("/account")).status).toBe(200);
});

test("What a stranger sends malformed alarms nobody and is not in the log; an error of ours at the same doors is an error there.", async ({
  server,
  rows,
  person,
}) => {
  const client = new Client(server.url);
  const lines = () =>
    server
      .log()
      .trimEnd()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { level: string; event?: string; msg: string });
  const since = (from: number) => lines().slice(from);
  const at = lines().length;
  const { body, headers } = multipart({ $ACTION_REF_1: "", "$ACTION_1:0": '{"id":"hakone","bound":"$@1"}' });
  const action = { origin: server.url, "next-action": actionId("signInAction"), accept: "text/x-component" };
  const malformed: [body: string, headers: Record<string, string>][] = [
    ...[1, 60, body.length - 3].map((end): [string, Record<string, string>] => [body.slice(0, end), headers]),
    [body, headers],
    [body, { "content-type": "multipart/form-data" }],
    [body.slice(0, 60), { ...headers, ...action }],
    ...['["$nhakone"]', '"hakone', '["$1:hakone"]', '["$T","hakone"]', "1", "[".repeat(20_000)].map(
      (text): [string, Record<string, string>] => [text, { ...action, "content-type": "text/plain;charset=UTF-8" }],
    ),
  ];
  for (const [sent, as] of malformed)
    expect((await client.call("POST", "/sign-in", sent, { origin: server.url, ...as })).status, sent.slice(0, 60)).toBe(400);
  await expect.poll(() => since(at).filter(({ msg }) => msg === "request").length).toBe(malformed.length);
  expect(since(at).filter(({ level }) => level === "error")).toEqual([]);
  expect(since(at).filter(({ event }) => event === "malformed_request").length).toBeGreaterThanOrEqual(malformed.length);
  expect(JSON.stringify(since(at))).not.toContain("hakone");

  for (const door of ["form", "script"] as const) {
    const ours = lines().length;
    const hidden = await hiddenFields(client, "/sign-in", "identifier");
    const fields = { identifier: person.email, password: PASSWORD };
    const answer = await without(rows, "limit_hits", async () =>
      door === "form"
        ? (await take(client.clone(), "signIn", door, fields, hidden)).answer
        : (await postScript(client.clone(), "/sign-in", "signInAction", fields)).answer,
    );
    expect(answer.status, door).toBe(500);
    expect(since(ours).filter(({ level, event }) => level === "error" && event === "console").length, door).toBeGreaterThan(0);
  }
});
