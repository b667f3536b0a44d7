import { randomUUID } from "node:crypto";
import { type Answer, Client, expectStatus, freshEmail, freshNumber, PASSWORD, type Person, passPassword } from "../support/api.ts";
import { comparable, difference } from "../support/comparable.ts";
import { doors, hiddenFields, postForm, postScript, take, tieOf } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Rows } from "../support/rows.ts";

// A code answers only its own challenge, and an id opens only the owner's rows; ids of others look like unknown ones (OTP-08, AD-03, A07, A08,
// I14).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const idOf = async (rows: Rows, table: "account_phones" | "sessions", person: Person) =>
  (await rows.query<{ id: string }>(`SELECT t.id FROM ${table} t JOIN users u ON u.id = t.user_id WHERE u.email = $1`, person.email))[0]
    ?.id ?? "";
const attemptsOf = async (rows: Rows, person: Person) =>
  (
    await rows.query<{ attempts: number }>(
      "SELECT attempts FROM challenges c JOIN users u ON u.id = c.user_id WHERE u.email = $1 ORDER BY c.created_at DESC LIMIT 1",
      person.email,
    )
  )[0]?.attempts;
const opened = (answer: Answer) => answer.headers.getSetCookie().some((line) => /session=[^;]/.test(line));

for (const door of doors)
  test(`By ${door}: another's code is a wrong code of one's own challenge, whatever else is sent with it (A07).`, async ({
    server,
    rows,
    person,
    attacker,
  }) => {
    const own = await passPassword(attacker, new Client(server.url));
    const other = await passPassword(person, new Client(server.url));
    const [{ id = "" } = {}] = await rows.query<{ id: string }>("SELECT id FROM challenges ORDER BY created_at DESC LIMIT 1");
    const [{ user = "" } = {}] = await rows.query<{ user: string }>('SELECT id AS "user" FROM users WHERE email = $1', person.email);
    const wrong = await take(own.client, "verify", door, { code: other.code });
    expect(wrong.code).toBe("code_wrong");
    expect([await attemptsOf(rows, attacker), await attemptsOf(rows, person)]).toEqual([1, 0]);
    // The form has no field for the challenge, account or phone of another user.
    for (const [name, value] of [
      ["challengeId", id],
      ["userId", user],
      ["email", person.email],
      ["identifier", person.email],
      ["token", other.client.cookies.get("sekisho.challenge") ?? ""],
    ] as const) {
      const answer = await take(own.client.clone(), "verify", door, { code: other.code, [name]: value });
      expect(answer, name).toMatchObject({ ok: false, code: "invalid_input" });
    }
    const stranger = new Client(server.url);
    const hidden = await hiddenFields(own.client, "/verify", "code");
    expect((await take(stranger, "verify", door, { code: other.code }, hidden)).ok).toBe(false);
    expect([await attemptsOf(rows, attacker), await attemptsOf(rows, person)]).toEqual([1, 0]);
    const right = await take(own.client, "verify", door, { code: own.code });
    expect(right.ok && opened(right.answer)).toBe(true);
    expect((await own.client.get("/api/v1/session")).body).toMatchObject({ user: { email: attacker.email } });
  });

test("A code of one purpose is worth nothing for another: address, number and sign-in have each their own (A08).", async ({
  server,
  person,
}) => {
  const client = new Client(server.url);
  const [email, number] = [freshEmail(), freshNumber()];
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  const mailed = (await client.message(email)).code;
  expectStatus(await client.post("/challenge/verify", { code: mailed }), 200);
  expectStatus(await client.post("/phones", { number, channel: "sms", acceptRisk: true }), 202);
  const bound = (await client.message(number)).code ?? "";
  if (mailed !== bound) expect((await client.post("/challenge/verify", { code: mailed })).body.code).toBe("code_wrong");
  for (const method of ["email", "recovery_code", "totp", "passkey"])
    expect(
      (await client.clone().post("/challenge/verify", { code: method === "email" ? mailed : "AAAA-BBBB-CCCC-DDDD", method })).status,
      method,
    ).toBe(422);
  // The code for binding the number completes no sign-in, neither while its challenge is open nor afterwards.
  const other = await passPassword(person, new Client(server.url));
  if (other.code !== bound) expect((await other.client.post("/challenge/verify", { code: bound })).body.code).toBe("code_wrong");
  expectStatus(await client.post("/challenge/verify", { code: bound }), 200);
  const { codes = [] } = expectStatus(await client.post("/recovery-codes"), 200).body;
  expectStatus(await client.post("/recovery-codes/confirm", { code: codes[0] }), 200);
  const signIn = await passPassword({ email, number, codes, client }, new Client(server.url));
  if (signIn.code !== bound) expect((await signIn.client.post("/challenge/verify", { code: bound })).body.code).toBe("code_wrong");
  // E-mail is not a method of sign-in.
  expect((await signIn.client.post("/challenge/send", { method: "email" })).body.code).toBe("method_not_available");
  expect((await signIn.client.post("/challenge/verify", { code: signIn.code, method: "email" })).status).toBe(422);
});

test("A number's code does not prove the number that took its place in the same challenge (A08).", async ({ server, rows }) => {
  const client = new Client(server.url);
  const email = freshEmail();
  const [first, second] = [freshNumber(), freshNumber()];
  expectStatus(await client.post("/sign-up", { email, password: PASSWORD }), 202);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(email)).code }), 200);
  expectStatus(await client.post("/phones", { number: first, channel: "sms", acceptRisk: true }), 202);
  const old = (await client.message(first)).code ?? "";
  expectStatus(await client.post("/phones", { number: second, channel: "sms", acceptRisk: true }), 202);
  const right = (await client.message(second)).code ?? "";
  if (old !== right) expect((await client.post("/challenge/verify", { code: old })).body.code).toBe("code_wrong");
  expectStatus(await client.post("/challenge/verify", { code: right }), 200);
  const bound = await rows.query(
    "SELECT 1 FROM account_phones p JOIN users u ON u.id = p.user_id WHERE u.email = $1 AND p.verified_at IS NOT NULL",
    email,
  );
  expect(bound).toHaveLength(1);
});

test("A phone of another account is no way to send: it looks like one that does not exist (I14, PSTN-05).", async ({
  server,
  rows,
  person,
  attacker,
}) => {
  const { client } = await passPassword(attacker, new Client(server.url));
  await rows.settled();
  const before = await rows.state();
  const foreign = await idOf(rows, "account_phones", person);
  const answers = await Promise.all(
    ["sms", "voice"].flatMap((method) =>
      [foreign, randomUUID()].map((phoneId) => client.clone().post("/challenge/send", { method, phoneId })),
    ),
  );
  for (const answer of answers) expect(answer).toMatchObject({ status: 422, body: { code: "method_not_available" } });
  const looks = new Set(answers.map((answer) => comparable(answer)));
  expect([...looks]).toHaveLength(1);
  for (const door of ["form", "script"] as const) {
    const seen = [];
    for (const phoneId of [foreign, randomUUID()]) {
      const fields = { method: "voice", phoneId };
      const hidden = await hiddenFields(client, "/verify", "code");
      const sent =
        door === "form"
          ? await postForm(client.clone(), "/verify", hidden, fields)
          : await postScript(client.clone(), "/verify", "verifyAction", { form: hidden.form ?? "", ...fields });
      expect(sent.code).toBe("method_not_available");
      seen.push(comparable(sent.answer));
    }
    expect(difference(seen[0] ?? "", seen[1] ?? ""), door).toBeNull();
  }
  expect(await rows.state()).toEqual(before);
});

test("A session of another account cannot be ended: a foreign id and one that does not exist look alike (I14, B09).", async ({
  rows,
  person,
  attacker,
}) => {
  const foreign = await idOf(rows, "sessions", person);
  const seen = [];
  const tie = await tieOf(attacker.client, "/account");
  const before = await rows.state();
  for (const sessionId of [foreign, randomUUID(), "x", "' OR true --", ""]) {
    const { answer } = await postScript(attacker.client.clone(), "/account", "endSessionAction", { ...tie, sessionId }, false);
    expect(answer.status).toBeLessThan(500);
    seen.push(answer.headers.get("x-action-redirect"));
  }
  expect(new Set(seen).size).toBe(1);
  expect(await rows.state()).toEqual(before);
  expect((await person.client.get("/api/v1/session")).status).toBe(200);
});

test("Recovery codes of another account are wrong ones, and an open sign-up takes none (I14).", async ({
  server,
  rows,
  person,
  attacker,
}) => {
  const own = await passPassword(attacker, new Client(server.url));
  expect((await own.client.post("/challenge/verify", { code: person.codes[4], method: "recovery_code" })).body.code).toBe("code_wrong");
  const fresh = new Client(server.url);
  expectStatus(await fresh.post("/sign-up", { email: freshEmail(), password: PASSWORD }), 202);
  expect((await fresh.post("/challenge/verify", { code: person.codes[4], method: "recovery_code" })).body.code).toBe(
    "method_not_available",
  );
  const left = await rows.count(
    "SELECT count(*) FROM recovery_codes r JOIN authenticators a ON a.id = r.set_id JOIN users u ON u.id = a.user_id WHERE u.email = $1 AND r.used_at IS NULL",
    person.email,
  );
  expect(left).toBe(10);
});
