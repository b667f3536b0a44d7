import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { alertCounts } from "#lib/alert";
import { sql, transaction } from "#lib/db/sql";
import { ALL, guessTake, putBrakeOn } from "#lib/limits/brakes";
import { naming } from "#lib/limits/subject";
import { verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  codeOf,
  forgetLimits,
  makeAccount,
  must,
  otherThan,
  PASSWORD,
  requester,
  setClock,
  signedIn,
  together,
} from "#lib/testing/fixtures";

// Guessing across accounts and pumping texts into a block of numbers is braked and alerted; owners on known devices are not (RL-09, FR-04).

const pass = async (account: Account) =>
  must(await signIn({ identifier: account.email, password: PASSWORD }, { ...requester, ip: randomUUID() })).token;
const guess = async (token: string, ip: string, deviceToken?: string) =>
  verifyChallenge(token, { code: otherThan(await codeOf(token)) }, { ...requester, ip, deviceToken });
const right = async (token: string, ip = requester.ip, deviceToken?: string) =>
  verifyChallenge(token, { code: await codeOf(token) }, { ...requester, ip, deviceToken });
/** Deletes the counted sends only, so that a refusal can only come from the guesses. */
const forgetSends = async () => {
  await sql`DELETE FROM limit_hits WHERE policy LIKE 'sends%'`;
  await sql`DELETE FROM limit_rings`;
};
const codes = (results: { ok: boolean; error?: { code: string } }[]) => results.map((one) => (one.ok ? "ok" : one.error?.code));
const alerts = () => Object.fromEntries(alertCounts());

async function known() {
  const account = await makeAccount();
  const { device } = signedIn(must(await right(await pass(account))));
  return { account, deviceToken: device.token };
}

beforeEach(async () => {
  await forgetLimits();
  await sql`DELETE FROM brakes`;
});
afterEach(() => setClock(0));

describe("Guesses from one address", () => {
  it("are forty an hour over all accounts and then six a minute, also when two hundred come at once, and say when to come back (RL-04, RL-09)", async () => {
    const ip = randomUUID();
    const tokens: string[] = [];
    for (let one = 0; one < 50; one += 1) tokens.push(await pass(await makeAccount()));
    const results = await together(200, (index) => guess(tokens[index % 50] ?? "", ip));
    expect(codes(results).filter((code) => code === "code_wrong")).toHaveLength(46);
    const refused = await right(tokens[0] ?? "", ip);
    expect(refused).toMatchObject({ ok: false, error: { code: "too_many_requests" } });
    expect(refused.ok ? 0 : refused.error.retryAfter).toBeLessThanOrEqual(61);
    expect((await right(tokens[1] ?? "", randomUUID())).ok).toBe(true);
    await setClock(61);
    for (let person = 0; person < 8; person += 1) expect((await right(await pass(await makeAccount()), ip)).ok).toBe(true);
  });

  it("that one person fails at one account do not fill the neighbours' address: five an hour count (F18)", async () => {
    const [ip, account] = [randomUUID(), await makeAccount()];
    for (let round = 0; round < 12; round += 1) {
      await sql`UPDATE users SET locked_until = NULL WHERE id = ${account.userId}::uuid`;
      await forgetSends();
      const token = await pass(account);
      for (let times = 0; times < 5; times += 1) await guess(token, ip);
    }
    const [row] = await sql<{ n: number }>`SELECT count(*)::int AS n FROM limit_hits WHERE policy LIKE 'factor_failures_per_ip%'`;
    expect(row?.n).toBe(5);
  });

  it("have one place left after thirty-nine, which one of ten at once takes (RL-04)", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { policy, blocks } = guessTake(await naming(), `198.51.100.${round}`);
      await sql`INSERT INTO limit_hits (policy, subject) SELECT p, ${blocks[0]} FROM unnest(ARRAY[${policy}, ${policy} || '_crowded']) p, generate_series(1, 39)`;
      const tokens: string[] = [];
      for (let one = 0; one < 10; one += 1) tokens.push(await pass(await makeAccount()));
      const results = await together(10, (index) => guess(tokens[index] ?? "", `198.51.100.${round}`));
      expect(codes(results).filter((code) => code === "code_wrong")).toHaveLength(1);
    }
  });

  it("do not include right answers, and never keep a known device of an account out", async () => {
    const [{ account, deviceToken }, ip] = [await known(), randomUUID()];
    for (let person = 0; person < 45; person += 1) expect((await right(await pass(await makeAccount()), ip)).ok).toBe(true);
    for (let stranger = 0; stranger < 9; stranger += 1) {
      const token = await pass(await makeAccount());
      for (let times = 0; times < 5; times += 1) await guess(token, ip);
    }
    const { token } = must(await signIn({ identifier: account.email, password: PASSWORD }, { ...requester, deviceToken }));
    expect(codes([await guess(token, ip, deviceToken)])).toEqual(["code_wrong"]);
    expect((await right(token, ip, deviceToken)).ok).toBe(true);
  });
});

describe("Second factors that fail across accounts", () => {
  it("put the brake on: strangers wait ten minutes, known devices go on, and the alert is raised once", async () => {
    const { account, deviceToken } = await known();
    const waiting = await pass(await makeAccount());
    const before = alerts()["second_factor.braked"] ?? 0;
    const tokens: string[] = [];
    for (let one = 0; one < 3; one += 1) tokens.push(await pass(await makeAccount()));
    await guess(tokens[0] ?? "", randomUUID());
    // Simulates failures of 199 of the 200 accounts; an account counts once, however often it fails.
    await sql`
      INSERT INTO limit_hits (policy, subject, owner)
      SELECT policy, subject, gen_random_uuid() FROM limit_hits, generate_series(1, 198) WHERE policy = 'accounts_failing'`;
    await guess(tokens[0] ?? "", randomUUID());
    await guess(tokens[1] ?? "", randomUUID());
    expect(alerts()["second_factor.braked"] ?? 0).toBe(before);
    await together(4, () => guess(tokens[2] ?? "", randomUUID()));
    expect(alerts()["second_factor.braked"]).toBe(before + 1);
    expect(await right(waiting, randomUUID())).toMatchObject({ ok: false, error: { code: "too_many_requests" } });
    const { token } = must(await signIn({ identifier: account.email, password: PASSWORD }, { ...requester, deviceToken }));
    expect((await right(token, randomUUID(), deviceToken)).ok).toBe(true);
    await setClock(601);
    expect((await right(await pass(await makeAccount()), randomUUID())).ok).toBe(true);
  });

  it("leave sign-ups alone", async () => {
    await putBrakeOn(sql, "second_factor", ALL, 600);
    const account = await makeAccount({ phone: false });
    expect((await right(await pass(account))).ok).toBe(true);
  });
});

describe("New numbers of one block of a thousand", () => {
  const block = () => `+8180${String(Math.floor(Math.random() * 90_000) + 10_000)}`;
  const number = (prefix: string, last: number) => `${prefix}${String(last).padStart(3, "0")}`;

  /** Returns a user who waits at the number step. */
  async function binding(): Promise<string> {
    await sql`DELETE FROM limit_hits WHERE policy NOT IN ('numbers_per_block', 'sends_per_phone')`;
    await sql`DELETE FROM limit_rings`;
    const proven = must(await right(await pass(await makeAccount({ phone: false }))));
    return proven.next === "bind_phone" ? proven.challengeToken : "";
  }
  const bind = async (e164: string, token?: string) =>
    bindPhone(token ?? (await binding()), { number: e164, channel: "sms", acceptRisk: true }, requester);

  it("brake the block at the fifth within ten minutes, alert once, and leave other blocks and proven numbers alone (F14)", async () => {
    const [pumped, other] = [block(), block()];
    const owner = await makeAccount();
    const e164 = number(pumped, 900);
    must(await bind(e164));
    await forgetLimits();
    const before = alerts()["number_block.braked"] ?? 0;
    const results = [];
    for (let next = 0; next < 12; next += 1) results.push(await bind(number(pumped, next)));
    expect(codes(results)).toEqual([...Array(4).fill("ok"), ...Array(8).fill("too_many_sends")]);
    // The send that puts the brake on and those that it holds back are answered alike.
    for (const one of results.slice(4)) expect(one).toMatchObject({ error: { reason: "throttled", retryAfter: expect.any(Number) } });
    expect(results[4]).toMatchObject({ error: { retryAfter: 3600 } });
    expect(alerts()["number_block.braked"]).toBe(before + 1);
    must(await bind(number(other, 1)));
    must(await signIn({ identifier: owner.email, password: PASSWORD }, requester));
    await setClock(3601);
    must(await bind(number(pumped, 50)));
  });

  it("count once however often one number is named, and no more once it was proven", async () => {
    const pumped = block();
    for (let person = 0; person < 5; person += 1) must(await bind(number(pumped, 7)));
    await forgetLimits();
    for (let person = 0; person < 8; person += 1) {
      const token = await binding();
      must(await bind(number(pumped, 100 + person), token));
      must(await right(token));
    }
  });

  it("are braked also when many arrive at once", async () => {
    const pumped = block();
    const tokens: string[] = [];
    for (let person = 0; person < 12; person += 1) tokens.push(await binding());
    const results = await together(12, (index) => bind(number(pumped, index), tokens[index]));
    expect(codes(results).filter((code) => code === "ok").length).toBeLessThanOrEqual(4);
    expect(await transaction(async (tx) => (await tx`SELECT 1 FROM brakes WHERE name = 'number_block'`).length)).toBe(1);
  });
});
