import { Client, freshEmail, freshNumber, otherThan, PASSWORD, passPassword, register } from "../support/api.ts";
import { at, type Door, doors, hiddenFields, pageOf, type StepName, take, tieOf } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import { addPhone, codeOf, NEW_PASSWORD, noticeOf, phonesOf, stepUp } from "../support/own-control.ts";
import type { Rows } from "../support/rows.ts";
import type { Instance } from "../support/server.ts";
import { awaitingPassword } from "../support/stages.ts";

// The API, the form without JavaScript, the server action and next-auth share their counters and refusals across all processes; no entry point has
// its own budget (RL-01, F01, A01, A02, A17).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const urlOf = (server: Instance, second: Instance, index: number) => (index % 2 ? second.url : server.url);
const doorOf = (index: number): Door => doors[Math.floor(index / 2) % 3] ?? "api";
const together = <T>(times: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));
const sessionsOf = (rows: Rows, email: string) =>
  rows.count("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1", email);

test("One right code through sixty doors at once opens one session (A01).", async ({ server, second, rows }) => {
  const person = await register(new Client(server.url));
  const { client, code } = await passPassword(person, new Client(server.url));
  const hidden = await hiddenFields(client, "/verify", "code");
  const before = await sessionsOf(rows, person.email);
  const outcomes = await together(60, (index) => take(at(urlOf(server, second, index), client), "verify", doorOf(index), { code }, hidden));
  expect(outcomes.filter(({ answer }) => answer.headers.getSetCookie().some((line) => /session=[^;]/.test(line)))).toHaveLength(1);
  expect(outcomes.filter(({ answer }) => answer.status >= 500)).toHaveLength(0);
  expect(await sessionsOf(rows, person.email)).toBe(before + 1);
  const told =
    "SELECT count(*) FROM audit_events e JOIN sessions s ON s.id = e.session_id JOIN users u ON u.id = s.user_id WHERE u.email = $1 AND e.event = 'session.opened'";
  expect(await rows.count(told, person.email)).toBe(before + 1);
});

test("Sixty wrong codes through all doors at once are five guesses, and the right one is refused at each door (A02).", async ({
  server,
  second,
  rows,
}) => {
  const person = await register(new Client(server.url));
  const { client, code } = await passPassword(person, new Client(server.url));
  const hidden = await hiddenFields(client, "/verify", "code");
  const outcomes = await together(60, (index) =>
    take(at(urlOf(server, second, index), client), "verify", doorOf(index), { code: otherThan(code, index + 1) }, hidden),
  );
  expect(outcomes.filter(({ code: refusal }) => refusal === "code_wrong")).toHaveLength(5);
  expect(outcomes.filter(({ ok, answer }) => ok || answer.status >= 500)).toHaveLength(0);
  const guesses =
    "SELECT count(*) FROM audit_events e JOIN users u ON u.audit_subject = e.subject WHERE u.email = $1 AND e.event = 'challenge.code_wrong'";
  expect(await rows.count(guesses, person.email)).toBe(5);
  for (const door of doors)
    expect((await take(at(server.url, client), "verify", door, { code }, hidden)).code, door).toBe("too_many_attempts");
  expect(await sessionsOf(rows, person.email)).toBe(1);
});

test("Twelve wrong passwords spread over all doors are one count of ten, and the right one waits at each of them in the words of a wrong one (F01).", async ({
  server,
  second,
  rows,
}) => {
  const person = await register(new Client(server.url));
  const wrong = { identifier: person.email, password: "ちがう あいことば" };
  const codes: (string | null)[] = [];
  for (let index = 0; index < 12; index += 1)
    codes.push((await take(at(urlOf(server, second, index)), "signIn", doorOf(index), wrong)).code);
  expect(codes).toEqual(Array(12).fill("credentials_wrong"));
  const judged =
    "SELECT count(*) FROM limit_hits l JOIN users u ON l.subject = uuid_send(u.id) WHERE l.policy = 'password_failures' AND u.email = $1";
  expect(await rows.count(judged, person.email)).toBe(10);
  for (const door of doors) {
    const right = await take(at(second.url), "signIn", door, { identifier: person.email, password: PASSWORD });
    expect(right, door).toMatchObject({ ok: false, code: "credentials_wrong" });
    expect(
      [...right.answer.headers.getSetCookie()].filter((line) => line.startsWith("sekisho.")),
      door,
    ).toEqual([]);
  }
});

/** Plays one step at once through all doors and returns how many succeeded, none of them with an error of ours. */
async function successes(server: Instance, second: Instance, name: StepName, client: Client | undefined, fields: Record<string, string>) {
  const hidden = await hiddenFields(at(server.url, client), pageOf(name), Object.keys(fields).at(-1) ?? "");
  const outcomes = await together(18, (index) => take(at(urlOf(server, second, index), client), name, doorOf(index), fields, hidden));
  expect(outcomes.filter(({ answer }) => answer.status >= 500)).toHaveLength(0);
  return outcomes.filter(({ ok }) => ok).length;
}

test("One right code of a step-up through all doors at once opens its class once.", async ({ server, second, rows }) => {
  const { client, number, email } = await register(new Client(server.url));
  const code = await codeOf(client, number, () => client.post("/step-up", { action: "manage_factors" }));
  expect(await successes(server, second, "verify", client, { code })).toBe(1);
  const opened =
    "SELECT count(*) FROM step_ups p JOIN sessions s ON s.id = p.session_id JOIN users u ON u.id = s.user_id WHERE u.email = $1";
  expect(await rows.count(opened, email)).toBe(1);
});

test("Wrong codes of a step-up through all doors at once are five guesses, and the right one is refused at each door.", async ({
  server,
  second,
}) => {
  const { client, number } = await register(new Client(server.url));
  const code = await codeOf(client, number, () => client.post("/step-up", { action: "manage_factors" }));
  const hidden = await hiddenFields(client, "/verify", "code");
  const outcomes = await together(30, (index) =>
    take(at(urlOf(server, second, index), client), "verify", doorOf(index), { code: otherThan(code, index + 1) }, hidden),
  );
  expect(outcomes.filter(({ code: refusal }) => refusal === "code_wrong")).toHaveLength(5);
  for (const door of doors)
    expect((await take(at(server.url, client), "verify", door, { code }, hidden)).code, door).toBe("too_many_attempts");
});

test("A guarded act is refused at every door until its own class is open (SU-01).", async ({ server, rows }) => {
  const person = await register(new Client(server.url));
  await stepUp(person, "export_data");
  const tie = await tieOf(person.client, "/account");
  await rows.settled();
  const before = await rows.state();
  for (const [name, fields] of [
    ["password", { password: NEW_PASSWORD }],
    ["email", { email: freshEmail() }],
    ["addPhone", { number: freshNumber(), channel: "sms", acceptRisk: "on" }],
  ] as const)
    for (const door of ["api", "script"] as const)
      expect((await take(person.client.clone(), name, door, fields, tie)).code, `${name} by ${door}`).toBe("step_up_required");
  expect(await rows.state()).toEqual(before);
});

test("A reset through all doors at once is proven once and sets one password (E07).", async ({ server, second, rows }) => {
  const { email } = await register(new Client(server.url));
  const client = new Client(server.url);
  const mailed = await codeOf(client, email, () => client.post("/password-reset", { identifier: email }));
  const proven = await together(12, (index) => take(at(urlOf(server, second, index), client), "verify", "api", { code: mailed }));
  expect(proven.filter(({ ok }) => ok)).toHaveLength(1);
  const { client: last } = await awaitingPassword(server.url);
  expect(await successes(server, second, "newPassword", last, { password: NEW_PASSWORD })).toBe(1);
  // Without the second factor the first account keeps its password.
  for (const door of ["api", "script"] as const)
    expect((await take(client.clone(), "newPassword", door, { password: NEW_PASSWORD }, {})).ok, door).toBe(false);
  expect((await new Client(server.url).post("/sign-in", { identifier: email, password: PASSWORD })).status).toBe(200);
  expect(await rows.count("SELECT count(*) FROM audit_events WHERE event = 'password.reset'")).toBe(1);
});

test("A stop code and an undo code through all doors at once work once, and no wrong one stands in the way of a right one.", async ({
  server,
  second,
}) => {
  const person = await register(new Client(server.url));
  const { client, email } = person;
  await stepUp(person, "manage_factors");
  const [phone] = await phonesOf(client);
  const before = await client.latest(email);
  const undo = await noticeOf(client, email, "undoCode", () => addPhone(client, freshNumber(), phone?.id));
  const stop = await client.awaited(email, before, ({ stopCode }) => stopCode !== null);
  const reference = (message: { reference: string | null }) => ({ reference: message.reference ?? "" });
  for (let guess = 0; guess < 6; guess += 1)
    for (const door of doors)
      expect((await take(new Client(server.url), "stop", door, { ...reference(stop), stopCode: "00000-00000" })).ok, door).toBe(false);
  const undone = { ...reference(undo), password: PASSWORD, undoCode: undo.undoCode ?? "" };
  expect(await successes(server, second, "undo", undefined, undone)).toBe(1);
  expect(await successes(server, second, "stop", undefined, { ...reference(stop), stopCode: stop.stopCode ?? "" })).toBe(1);
});

test("next-auth's own doors take no password, open nothing and count nothing (F01, SE-01).", async ({ server, rows }) => {
  const person = await register(new Client(server.url));
  const client = new Client(server.url);
  const { csrfToken = "" } = (await client.get("/api/auth/csrf")).body as { csrfToken?: string };
  const fields = { csrfToken, username: person.email, email: person.email, password: PASSWORD, json: "true", callbackUrl: server.url };
  await rows.settled();
  const before = await rows.state();
  for (const path of ["signin", "signin/credentials", "callback/credentials", "signin/email", "callback/email", "session", "_log", "error"])
    for (const type of ["application/json", "application/x-www-form-urlencoded"]) {
      const body = type === "application/json" ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
      const answer = await client.call("POST", `/api/auth/${path}`, body, { "content-type": type, origin: server.url });
      expect(answer.status, `${path} ${type}`).toBeGreaterThanOrEqual(400);
      expect(answer.status, `${path} ${type}`).toBeLessThan(500);
    }
  for (const path of [
    "signin",
    "signin/credentials",
    "callback/credentials",
    "callback/email?token=x&email=y",
    "providers",
    "verify-request",
  ])
    expect((await client.get(`/api/auth/${path}`)).status, path).toBe(404);
  expect(await rows.state()).toEqual(before);
  expect((await client.get("/api/v1/session")).status).toBe(401);
});

test("A step that is not next opens nothing at any door (A17, E02, RG-01).", async ({ server, rows }) => {
  const email = freshEmail();
  const client = new Client(server.url);
  await rows.settled();
  const nobody = await rows.state();
  for (const door of ["api", "script"] as const) {
    for (const [step, fields] of [
      ["verify", { code: "123456" }],
      ["verify", { code: "AAAA-BBBB-CCCC-DDDD", method: "recovery_code" }],
      ["phone", { number: freshNumber(), channel: "sms", acceptRisk: "on" }],
    ] as const)
      expect((await take(new Client(server.url), step, door, fields)).ok, `${step} by ${door}, without a challenge`).toBe(false);
  }
  expect(await rows.state()).toEqual(nobody);
  await take(client, "signUp", "form", { email, password: PASSWORD });
  await rows.settled();
  const started = await rows.state();
  for (const door of ["api", "script"] as const)
    expect((await take(client, "phone", door, { number: freshNumber(), channel: "sms", acceptRisk: "on" })).ok, door).toBe(false);
  for (const path of ["/recovery-codes", "/recovery-codes/confirm"])
    expect((await client.post(path, path.endsWith("m") ? { code: "x" } : {})).status).toBe(401);
  for (const path of ["/sign-up/phone", "/recovery-codes", "/account"]) expect((await client.get(path)).status, path).toBe(307);
  expect(await rows.state()).toEqual(started);
  expect(await rows.count("SELECT count(*) FROM users WHERE email = $1", email)).toBe(0);
});

test("The whole journey passes each door, so that a refusal there means what it says.", async ({ server }) => {
  for (const door of ["form", "script"] as const) {
    const client = new Client(server.url);
    const [email, number] = [freshEmail(), freshNumber()];
    expect((await take(client, "signUp", door, { email, password: PASSWORD })).to).toBe("/verify");
    expect((await take(client, "verify", door, { code: (await client.message(email)).code ?? "" })).to).toBe("/sign-up/phone");
    expect((await take(client, "phone", door, { number, channel: "sms", acceptRisk: "on" })).to).toBe("/verify");
    expect((await take(client, "verify", door, { code: (await client.message(number)).code ?? "" })).to).toBe("/recovery-codes");
    expect((await client.get("/api/v1/session")).status).toBe(200);
  }
});
