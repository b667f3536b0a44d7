import { Client, expectStatus, otherThan, PASSWORD, type Person, passPassword } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Instance } from "../support/server.ts";

// A thousand wrong passwords cost the owner only a wait at the password, which ends on its own: factors, sessions, open challenges and texts are
// unaffected (RL-06, RL-07, F06, F07).

test.describe.configure({ mode: "serial" });
test.use({ serverSettings: { SEKISHO_LIMITS: "bench", TRUSTED_PROXIES: "127.0.0.1/32" } });

const attempt = (server: Instance, second: Instance, person: Person, turn: number, password: string) =>
  new Client(turn % 2 ? server.url : second.url).call(
    "POST",
    "/api/v1/sign-in",
    { identifier: person.email, password },
    { "x-forwarded-for": `198.51.100.${turn % 50}` },
  );

test("A thousand wrong passwords from fifty addresses are ten that were looked at, and change nothing else of the account (F06).", async ({
  server,
  second,
  rows,
  person,
}) => {
  test.setTimeout(90_000);
  const pending = await passPassword(person, new Client(server.url));
  const factors =
    "SELECT u.factor_failures, u.locked_until, p.failures, p.disabled_at FROM users u JOIN account_phones p ON p.user_id = u.id WHERE u.email = $1";
  const texts = "SELECT count(*) FROM messages m JOIN users u ON u.id = m.user_id WHERE u.email = $1";
  const [untouched, sent] = [await rows.query(factors, person.email), await rows.count(texts, person.email)];
  const codes: unknown[] = [];
  for (let block = 0; block < 20; block += 1)
    codes.push(
      ...(await Promise.all(Array.from({ length: 50 }, (_, turn) => attempt(server, second, person, turn, "ちがう あいことば")))).map(
        ({ body }) => body.code,
      ),
    );
  // One answer for all: a difference would reveal an account, its address or its number.
  expect(new Set(codes)).toEqual(new Set(["credentials_wrong"]));
  const judged =
    "SELECT count(*) FROM limit_hits l JOIN users u ON l.subject = uuid_send(u.id) WHERE l.policy = 'password_failures' AND u.email = $1";
  expect(await rows.count(judged, person.email)).toBe(10);
  expect(await rows.query(factors, person.email)).toEqual(untouched);
  expect(await rows.count(texts, person.email)).toBe(sent);
  // The owner's session stays valid, and a pending sign-in completes by text and by recovery code.
  expect((await person.client.get("/account")).status).toBe(200);
  expect((await pending.client.clone().post("/challenge/verify", { code: otherThan(pending.code) })).body.code).toBe("code_wrong");
  expectStatus(await pending.client.post("/challenge/verify", { code: person.codes[2], method: "recovery_code" }), 200);
});

test("The owner's own browser, which was signed in before, is let in with the right password all the same (F06).", async ({
  server,
  person,
}) => {
  const known = new Client(server.url);
  for (const [name, value] of person.client.cookies) known.cookies.set(name, value);
  const answer = await known.call(
    "POST",
    "/api/v1/sign-in",
    { identifier: person.email, password: PASSWORD },
    { "x-forwarded-for": "192.0.2.5" },
  );
  expect(answer.status).toBe(200);
});

test("A lock is answered in the words of a wrong password, says nothing of the account, and is kept by nothing on the way (F07, RL-07).", async ({
  server,
  second,
  person,
}) => {
  const [locked, none] = [
    await attempt(server, second, person, 7, PASSWORD),
    await new Client(server.url).post("/sign-in", { identifier: "nobody@example.jp", password: PASSWORD }),
  ];
  expect(locked.status).toBe(401);
  expect(locked.body).toEqual(none.body);
  expect(locked.headers.get("retry-after")).toBeNull();
  expect(locked.headers.get("cache-control")).toContain("no-store");
  expect(locked.headers.getSetCookie()).toEqual([]);
});

test("The wait for the password ends by itself, and the right password clears what its own address failed (F06).", async ({
  server,
  second,
  person,
}) => {
  await new Client(server.url).clock(901);
  try {
    expect((await attempt(server, second, person, 8, PASSWORD)).status).toBe(200);
    expect((await attempt(server, second, person, 9, "ちがう あいことば")).body.code).toBe("credentials_wrong");
  } finally {
    await new Client(server.url).clock(0);
  }
});
