import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import type { Authenticator, House, Purpose, Subject, Way } from "#lib/challenges/port";
import { read as readChallenge } from "#lib/challenges/read";
import { send as sendCode } from "#lib/challenges/send";
import { verify } from "#lib/challenges/verify";
import { equalInConstantTime } from "#lib/crypto/hash";
import { sql, transaction } from "#lib/db/sql";
import { ALL, putBrakeOn } from "#lib/limits/brakes";
import type { Method } from "#lib/methods";
import { accountOf } from "#lib/purposes/complete";
import { house as product } from "#lib/purposes/house";
import { signInPurpose } from "#lib/purposes/sign-in";
import { ok } from "#lib/result";
import {
  type Account,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  otherThan,
  passPassword,
  requester,
  setClock,
  together,
} from "#lib/testing/fixtures";

// Kinds and a purpose that exist only in this test: the engine serves any implementation of the port unchanged.

/** What the words of this test have spent, and whether spending succeeds. */
const spending = { allowed: true };

/** A kind whose answer is the name of its row. */
const named = (kind: string, counted: boolean, amr: "otp" | "hwk"): Authenticator => ({
  kind,
  bound: true,
  methods: [kind as Method],
  sent: false,
  counted,
  secondFactor: true,
  details: () => "json_build_object('letters', length(a.name))",
  read: (typed) => (/^[a-z]{3,12}$/.test(typed) ? typed : null),
  offer: (_, bound): Way[] =>
    bound?.kind === kind
      ? [
          {
            method: kind as Method,
            authenticatorId: bound.id,
            stopped: false,
            hint: () => `${(bound.details as { letters: number }).letters} letters`,
          },
        ]
      : [],
  async evaluate({ authenticatorId }, answer) {
    const [row] = await sql<{ name: string }>`SELECT name FROM authenticators WHERE id = ${authenticatorId}::uuid`;
    return equalInConstantTime(answer, row?.name) ? { amr, spent: answer } : null;
  },
});

const word: Authenticator = {
  ...named("word", true, "otp"),
  async spend(tx, { authenticatorId }) {
    await tx`UPDATE users SET locale = 'en' FROM authenticators a WHERE a.id = ${authenticatorId}::uuid AND users.id = a.user_id`;
    return spending.allowed;
  },
};
const riddle = named("riddle", false, "hwk");

const toys = [word, riddle];
const toyWays = (subject: Subject) =>
  toys.flatMap((kind) => subject.authenticators.filter((one) => one.verified && !one.disabled).flatMap((one) => kind.offer(subject, one)));

/** Proves a word again within a minute. */
const STEP_UP = "STEP_UP" as Purpose["name"];
const stepUp: Purpose = {
  ...signInPurpose,
  name: STEP_UP,
  lifetime: () => 60,
  accepts: ({ kind }) => kind === "word",
  ways: (subject) => toyWays(subject).filter(({ method }) => method === ("word" as Method)),
  afterPassword: false,
  races: [OPEN_RACE],
  async effect(tx, guess) {
    const [row] = await tx<{ until: Date }>`
      UPDATE users SET roles = '{stepped_up}' WHERE id = ${accountOf(guess)}::uuid RETURNING app_now() + interval '10 minutes' AS until`;
    return ok({ kind: "stepped_up", until: row?.until });
  },
};

const house: House = {
  purposes: {
    ...product.purposes,
    SIGN_IN: { ...signInPurpose, ways: (subject) => [...signInPurpose.ways(subject), ...toyWays(subject)] },
    [STEP_UP]: stepUp,
  },
  authenticators: [...product.authenticators, ...toys],
};

async function bind({ userId }: Account, kind: "word" | "riddle", name: string): Promise<string> {
  const [row] = await sql<{ id: string }>`
    INSERT INTO authenticators (user_id, kind, name, verified_at) VALUES (${userId}::uuid, ${kind}, ${name}, app_now()) RETURNING id`;
  return row?.id ?? "";
}

type Toyed = Account & { wordId: string; riddleId: string };

async function makeToyed(): Promise<Toyed> {
  const account = await makeAccount();
  return { ...account, wordId: await bind(account, "word", "yamabuki"), riddleId: await bind(account, "riddle", "echo") };
}

const answer = (token: string, method: "word" | "riddle", code: string) =>
  verify(house, token, { method: method as Method, code }, requester);
const sessionsOf = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM sessions WHERE user_id = ${userId}::uuid`);
const rowOf = async (id: string) =>
  (
    await sql<{ failures: number; disabled: boolean; used: boolean }>`
      SELECT failures, disabled_at IS NOT NULL AS disabled, last_used_at IS NOT NULL AS used FROM authenticators WHERE id = ${id}::uuid`
  )[0];
const streakOf = async ({ userId }: Account) =>
  (
    await sql<{ streak: number; locked: boolean }>`
      SELECT factor_failures AS streak, coalesce(locked_until > app_now(), false) AS locked FROM users WHERE id = ${userId}::uuid`
  )[0];
const methodsOf = async (token: string) => (await readChallenge(house, token))?.view.methods.map(({ method }) => method as string) ?? [];
const eventsOf = ({ userId }: Account, event: string) =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM audit_events WHERE event = ${event} AND subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid)`);

beforeEach(async () => {
  spending.allowed = true;
  await forgetLimits();
});
afterEach(() => setClock(0));

describe("A kind that the engine does not know", () => {
  it("is offered by its row, as it describes itself, and is never sent", async () => {
    const token = await passPassword(await makeToyed());
    const read = await readChallenge(house, token);
    expect(read?.view.methods).toEqual([
      expect.objectContaining({ method: "sms" }),
      expect.objectContaining({ method: "voice" }),
      { method: "word", hint: "8 letters" },
      { method: "riddle", hint: "4 letters" },
    ]);
    expect(await sendCode(house, token, { method: "word" as Method }, requester)).toMatchObject({
      error: { code: "method_not_available" },
    });
    expect(must(await sendCode(house, token, { method: "voice" }, requester)).delivery?.method).toBe("voice");
    expect(await methodsOf(await passPassword(await makeAccount()))).not.toContain("word");
  });

  it("opens a session with its own word for the method, and is used from then on", async () => {
    const account = await makeToyed();
    const token = await passPassword(account);
    expect(must(await answer(token, "word", "yamabuki"))).toMatchObject({
      kind: "session",
      opened: { view: { amr: ["pwd", "otp"], aal: 2 } },
    });
    expect(await rowOf(account.wordId)).toEqual({ failures: 0, disabled: false, used: true });
    expect(await rowOf(account.riddleId)).toMatchObject({ used: false });
  });

  it("is found by what was typed, and a code that was sent is judged by the kind of its row", async () => {
    const account = await makeToyed();
    const typed = await passPassword(account);
    expect(must(await verify(house, typed, { code: "yamabuki" }, requester))).toMatchObject({
      opened: { view: { amr: ["pwd", "otp"] } },
    });
    const texted = await passPassword(account);
    const byText = must(await verify(house, texted, { code: await codeOf(texted) }, requester));
    expect(byText).toMatchObject({ opened: { view: { amr: ["pwd", "sms"] } } });
  });

  it("counts a wrong answer on its own row and on the account, whose lock at ten refuses the right one too", async () => {
    const account = await makeToyed();
    for (let round = 0; round < 2; round += 1) {
      await forgetLimits();
      const token = await passPassword(account);
      for (let guess = 0; guess < 5; guess += 1)
        expect(await answer(token, "word", "sakura")).toMatchObject({ error: { code: "code_wrong", attemptsLeft: 4 - guess } });
    }
    expect(await rowOf(account.wordId)).toMatchObject({ failures: 10, disabled: false });
    expect(await rowOf(account.phoneId)).toMatchObject({ failures: 0 });
    expect(await streakOf(account)).toEqual({ streak: 10, locked: true });
    const token = await passPassword(account);
    expect(await answer(token, "word", "yamabuki")).toMatchObject({ error: { code: "too_many_attempts" } });
    expect(await verify(house, token, { code: await codeOf(token) }, requester)).toMatchObject({
      error: { code: "too_many_attempts" },
    });
    await setClock(901);
    expect((await answer(await passPassword(account), "word", "yamabuki")).ok).toBe(true);
    expect(await rowOf(account.wordId)).toMatchObject({ failures: 0 });
  });

  it("is disabled by its hundredth failure, and then neither offered nor accepted; other ways go on", async () => {
    const account = await makeToyed();
    await sql`UPDATE authenticators SET failures = 99 WHERE id = ${account.wordId}::uuid`;
    const token = await passPassword(account);
    expect(await answer(token, "word", "sakura")).toMatchObject({ error: { code: "code_wrong" } });
    expect(await rowOf(account.wordId)).toMatchObject({ failures: 100, disabled: true });
    expect(await eventsOf(account, "factor.disabled")).toBe(1);
    expect(await methodsOf(token)).toEqual(["sms", "voice", "riddle"]);
    expect(await answer(token, "word", "yamabuki")).toMatchObject({ error: { code: "method_not_available" } });
    expect((await verify(house, token, { code: await codeOf(token) }, requester)).ok).toBe(true);
  });

  it("whose spend is refused leaves nothing consumed, nothing written and no session", async () => {
    const account = await makeToyed();
    const token = await passPassword(account);
    spending.allowed = false;
    expect(await answer(token, "word", "yamabuki")).toMatchObject({ error: { code: "challenge_missing" } });
    const left = await sql`
      SELECT c.consumed_at, u.locale FROM challenges c JOIN users u ON u.id = c.user_id WHERE u.id = ${account.userId}::uuid AND c.voided_at IS NULL`;
    expect(left).toEqual([{ consumedAt: null, locale: "ja" }]);
    expect([await sessionsOf(account), await eventsOf(account, "session.opened")]).toEqual([0, 0]);
    spending.allowed = true;
    expect((await answer(token, "word", "yamabuki")).ok).toBe(true);
  });

  it("opens one session for twenty right answers at once", async () => {
    const account = await makeToyed();
    const token = await passPassword(account);
    const results = await together(20, () => answer(token, "word", "yamabuki"));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(await sessionsOf(account)).toBe(1);
  });

  it("that cannot be guessed counts on its challenge alone, and neither lock nor brake stops it", async () => {
    const account = await makeToyed();
    const token = await passPassword(account);
    for (let guess = 0; guess < 5; guess += 1) await answer(token, "riddle", "wind");
    expect(await answer(token, "riddle", "echo")).toMatchObject({ error: { code: "too_many_attempts" } });
    expect([await rowOf(account.riddleId), await streakOf(account)]).toEqual([
      { failures: 0, disabled: false, used: false },
      { streak: 0, locked: false },
    ]);
    await sql`UPDATE users SET factor_failures = 10, locked_until = app_now() + interval '10 minutes' WHERE id = ${account.userId}::uuid`;
    await putBrakeOn(sql, "second_factor", ALL, 600);
    expect(must(await answer(await passPassword(account), "riddle", "echo"))).toMatchObject({ opened: { view: { amr: ["pwd", "hwk"] } } });
    await sql`DELETE FROM brakes`;
  });

  it("of which an account has several counts the row that the answer names, and no row of another account", async () => {
    const naming: Authenticator = {
      ...word,
      names: async (answer) =>
        (await sql<{ id: string }>`SELECT id FROM authenticators WHERE kind = 'word' AND name = ${answer}`)[0]?.id ?? null,
    };
    const several: House = { ...house, authenticators: [...house.authenticators.filter((one) => one !== word), naming] };
    const [account, other] = [await makeToyed(), await makeToyed()];
    await sql`UPDATE authenticators SET name = 'botan' WHERE id = ${other.wordId}::uuid`;
    const [second] = await sql<{ id: string }>`
      INSERT INTO authenticators (user_id, kind, name, verified_at) VALUES (${account.userId}::uuid, 'word', 'tsubaki', app_now()) RETURNING id`;
    const token = await passPassword(account);
    const say = (code: string) => verify(several, token, { method: "word" as Method, code }, requester);
    for (const foreign of ["botan", "momiji"]) expect(await say(foreign)).toMatchObject({ error: { code: "too_many_attempts" } });
    expect(await rowOf(other.wordId)).toMatchObject({ failures: 0 });
    expect((await readChallenge(several, token))?.view.attemptsLeft).toBe(5);
    expect((await say("tsubaki")).ok).toBe(true);
    expect([(await rowOf(second?.id ?? ""))?.used, (await rowOf(account.wordId))?.used]).toEqual([true, false]);
  });

  it("of another account is not offered and not accepted", async () => {
    const [owner, other] = [await makeToyed(), await makeAccount()];
    const token = await passPassword(other);
    expect(await answer(token, "word", "yamabuki")).toMatchObject({ error: { code: "method_not_available" } });
    expect(await rowOf(owner.wordId)).toMatchObject({ failures: 0, used: false });
  });
});

describe("A purpose that the engine does not know", () => {
  const begin = async (account: Account) =>
    (await transaction((tx) => openChallenge(tx, { purpose: stepUp, userId: account.userId, locale: "ja", target: null }))).token;

  it("is answered in its own ways, within its own time, and does its own effect once", async () => {
    const account = await makeToyed();
    const token = await begin(account);
    const read = await readChallenge(house, token);
    expect(read?.view).toMatchObject({ purpose: "STEP_UP", methods: [{ method: "word" }], delivery: null });
    expect(Date.parse(read?.view.expiresAt ?? "") - Date.parse(read?.view.serverTime ?? "")).toBeLessThanOrEqual(60_000);
    expect(await answer(token, "riddle", "echo")).toMatchObject({ error: { code: "method_not_available" } });
    expect(await sendCode(house, token, { method: "sms" }, requester)).toMatchObject({ error: { code: "method_not_available" } });
    const results = await together(4, () => answer(token, "word", "yamabuki"));
    expect(results.filter((result) => result.ok)).toMatchObject([{ value: { kind: "stepped_up", until: expect.any(Date) } }]);
    expect(await sql`SELECT roles FROM users WHERE id = ${account.userId}::uuid`).toEqual([{ roles: ["stepped_up"] }]);
    expect(await sessionsOf(account)).toBe(0);
  });

  it("ends with its own lifetime, and beside a sign-in of the same account, which it does not touch", async () => {
    const account = await makeToyed();
    const signingIn = await passPassword(account);
    const token = await begin(account);
    expect(await answer(token, "word", "sakura")).toMatchObject({ error: { attemptsLeft: 4 } });
    expect((await readChallenge(house, signingIn))?.view.attemptsLeft).toBe(5);
    await setClock(61);
    expect(await answer(token, "word", "yamabuki")).toMatchObject({ error: { code: "challenge_expired" } });
    const code = await codeOf(signingIn);
    expect(await verify(house, signingIn, { code: otherThan(code) }, requester)).toMatchObject({ error: { code: "code_wrong" } });
    expect((await verify(house, signingIn, { code }, requester)).ok).toBe(true);
  });
});
