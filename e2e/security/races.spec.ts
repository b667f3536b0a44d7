import { Client, expectStatus, freshEmail, freshNumber, otherThan, PASSWORD, passPassword, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { type Instance, startInstance } from "../support/server.ts";

// Every race, over two processes on two ports with one database, with alternating requests.

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const client = (server: Instance, second: Instance) => new Client(server.url, second.url);
const together = <T>(times: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));
/** Creates a client per request, so that requests alternate between the processes. */
const alternating = (server: Instance, second: Instance, from: Client, index: number) => {
  const copy = index % 2 === 0 ? new Client(server.url) : new Client(second.url);
  for (const [name, value] of from.cookies) copy.cookies.set(name, value);
  return copy;
};

test("One issued code yields one session, also for fifty right answers at once (OTP-03, A01).", async ({ server, second, rows }) => {
  const person = await register(client(server, second));
  const { client: pending, code } = await passPassword(person, client(server, second));
  const before = await rows.count("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1", person.email);
  const answers = await together(50, (index) => alternating(server, second, pending, index).post("/challenge/verify", { code }));
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  expect(answers.filter((answer) => answer.status >= 500)).toHaveLength(0);
  expect(answers.filter((answer) => answer.headers.getSetCookie().some((line) => /session=[^;]/.test(line)))).toHaveLength(1);
  expect(await rows.count("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1", person.email)).toBe(
    before + 1,
  );
});

test("Five of two hundred wrong codes are evaluated, and then the right one is refused too (OTP-04, A02).", async ({
  server,
  second,
  rows,
}) => {
  const person = await register(client(server, second));
  const { client: pending, code } = await passPassword(person, client(server, second));
  const answers = await together(200, (index) =>
    alternating(server, second, pending, index).post("/challenge/verify", { code: otherThan(code, index + 1) }),
  );
  expect(answers.filter((answer) => answer.body.code === "code_wrong").length).toBeLessThanOrEqual(5);
  expect(answers.filter((answer) => answer.status === 200 || answer.status >= 500)).toHaveLength(0);
  const evaluated = await rows.count(
    "SELECT count(*) FROM audit_events e JOIN users u ON u.audit_subject = e.subject WHERE u.email = $1 AND e.event = 'challenge.code_wrong'",
    person.email,
  );
  expect(evaluated).toBe(5);
  expect((await pending.post("/challenge/verify", { code })).status).toBe(429);
});

test("Ten parallel sign-ups of one address make one account at most, and nobody sees an error of ours (RG-02, E03).", async ({
  server,
  second,
  rows,
}) => {
  const email = freshEmail();
  const clients = await together(10, async () => {
    const pending = client(server, second);
    expectStatus(await pending.post("/sign-up", { email, password: PASSWORD }), 202);
    return pending;
  });
  expect(await rows.count("SELECT count(*) FROM challenges WHERE email = $1", email)).toBe(10);
  await expect
    .poll(async () => ((await client(server, second).get(`/api/demo/messages?to=${email}`)).body as unknown as { code: string }[]).length)
    .toBe(10);
  const inbox = (await client(server, second).get(`/api/demo/messages?to=${email}`)).body as unknown as { code: string }[];
  // The codes cannot be assigned to clients here, so each client tries all of them, five tries each.
  const answers = await together(10, async (index) => {
    for (const { code } of inbox.slice(index % 2 ? 0 : 5, index % 2 ? 5 : 10)) {
      const answer = await (clients[index] as Client).post("/challenge/verify", { code });
      if (answer.status !== 422) return answer;
    }
    return (clients[index] as Client).get("/api/v1/challenge");
  });
  expect(answers.filter((answer) => answer.status >= 500)).toHaveLength(0);
  expect(await rows.count("SELECT count(*) FROM users WHERE email = $1", email)).toBeLessThanOrEqual(1);
});

test("One number is bound by one of four accounts that prove it at once (ACCOUNTS_PER_PHONE, E03).", async ({ server, second, rows }) => {
  // The wrong codes of the previous test have used up this address's limit (RL-04).
  await rows.query("DELETE FROM limit_hits");
  const number = freshNumber();
  const contenders = await together(4, async () => {
    const pending = client(server, second);
    const email = freshEmail();
    expectStatus(await pending.post("/sign-up", { email, password: PASSWORD }), 202);
    expectStatus(await pending.post("/challenge/verify", { code: (await pending.message(email)).code }), 200);
    return pending;
  });
  const codes: string[] = [];
  for (const pending of contenders) {
    const after = codes.length ? (await pending.message(number)).at : "1970-01-01T00:00:00Z";
    expectStatus(await pending.post("/phones", { number, channel: "sms", acceptRisk: true }), 202);
    codes.push((await pending.message(number, after)).code ?? "");
  }
  const answers = await together(4, (index) => (contenders[index] as Client).post("/challenge/verify", { code: codes[index] }));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409]);
});

test("Limits count once for both processes, and a third one knows them (RL-04, RL-05, K08).", async ({ server, second, rows }) => {
  const person = await register(client(server, second));
  const answers = await together(30, (index) =>
    alternating(server, second, client(server, second), index).post("/sign-in", {
      identifier: person.email,
      password: "ちがう あいことば",
    }),
  );
  expect(new Set(answers.map((answer) => answer.body.code))).toEqual(new Set(["credentials_wrong"]));
  const judged =
    "SELECT count(*) FROM limit_hits l JOIN users u ON l.subject = uuid_send(u.id) WHERE l.policy = 'password_failures' AND u.email = $1";
  expect(await rows.count(judged, person.email)).toBe(10);
  const restarted = await startInstance({ env: { SEKISHO_LIMITS: "bench" }, databaseUrl: server.databaseUrl });
  expect((await new Client(restarted.url).post("/sign-in", { identifier: person.email, password: PASSWORD })).status).toBe(401);
  await restarted.stop();
});

test("A recovery code works once for fifty at once (RC-02, D01).", async ({ server, second }) => {
  const person = await register(client(server, second));
  const { client: pending } = await passPassword(person, client(server, second));
  const answers = await together(50, (index) =>
    alternating(server, second, pending, index).post("/challenge/verify", { method: "recovery_code", code: person.codes[4] }),
  );
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
  expect(answers.filter((answer) => answer.status >= 500)).toHaveLength(0);
});
