import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { confirmRecoveryCodes, issuedRecoveryCodes, prepareRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { nextWays } from "#lib/challenges/next-way";
import { sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { budgetRings, type Ring, rings } from "#lib/limits/policy";
import { naming } from "#lib/limits/subject";
import { ringOfBlocks, widthOf } from "#lib/limits/take";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  codeOf,
  forgetLimits,
  forgetRecoveryCodes,
  freshNumber,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  signedIn,
  together,
} from "#lib/testing/fixtures";

// A right password opens a challenge even when an attacker has exhausted a limit. A send that the limit holds back reports its reason and when
// the limit ends, and methods that need no send stay available (RL-10, RL-11, RL-12, F17, F18, F19).

beforeEach(forgetLimits);
afterEach(() => setClock(0));

async function withCodes(): Promise<Account & { code: string }> {
  const account = await makeAccount();
  await forgetRecoveryCodes(account.userId);
  await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
  const [first = "", code = ""] = must(await issuedRecoveryCodes(account.userId));
  must(await confirmRecoveryCodes(account.userId, { code: first }, requester));
  return { ...account, code };
}

const open = async (account: Account, more: { ip?: string; deviceToken?: string } = {}) =>
  must(await signIn({ identifier: account.email, password: PASSWORD }, { ...requester, ...more }));

async function knownDevice(account: Account): Promise<string> {
  const token = await passPassword(account);
  return signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester))).device.token;
}

/** Fills a ring directly in the table with this many takes in the current bucket. */
async function fill(ring: Ring, subject: string, totals: number, shared = totals): Promise<void> {
  const hash = (await naming())(`limit/${ring.name}`, subject);
  const width = widthOf(ring);
  await sql`
    INSERT INTO limit_rings (policy, subject, shard, newest, totals, shared, total, shared_total, expires_at)
    SELECT ${ring.name}, ${hash}, n, floor(extract(epoch FROM app_now()) / ${width}::int), ARRAY[${totals}::int] || array_fill(0, ARRAY[60]),
           ARRAY[${shared}::int] || array_fill(0, ARRAY[60]), ${totals}::int, ${shared}::int, app_now() + interval '2 days'
    FROM generate_series(0, 15) n ON CONFLICT (policy, subject, shard) DO UPDATE
      SET totals = EXCLUDED.totals, shared = EXCLUDED.shared, total = EXCLUDED.total, shared_total = EXCLUDED.shared_total`;
}

async function fillHits(policy: string, subject: string, owner: string, times: number): Promise<void> {
  const hash = (await naming())(`limit/${policy}`, subject);
  await sql`INSERT INTO limit_hits (policy, subject, owner) SELECT ${policy}, ${hash}, ${owner}::uuid FROM generate_series(1, ${times}::int)`;
}

const spent: Record<string, (account: Account) => Promise<unknown>> = {
  "the number's": ({ e164, userId }) => fillHits("sends_per_phone", e164, userId, 5),
  "the account's": ({ userId }) => fillHits("sends_per_account", userId, userId, 10),
  "the account's ceiling": ({ userId }) => fill(rings.sendsCeiling, userId, 30),
  "the address's": () =>
    Promise.all(ringOfBlocks(rings.sendsPerIp, requester.ip).map(({ ring, subject }) => fill(ring, subject, ring.max))),
  "the country's budget": () => fill(budgetRings(env()).sendsPerCountry, "JP", 2000),
  "the day's budget": () => fill(budgetRings(env()).sendsPerDay, "all", 10_000),
};

describe("A right password opens its challenge", () => {
  it.each(Object.keys(spent))(
    "while %s limit of sends is spent: the reason and the end are told, and a recovery code works (F17)",
    async (limit) => {
      const account = await withCodes();
      await forgetLimits();
      await spent[limit]?.(account);
      const { token, view } = await open(account);
      const reason = limit.endsWith("budget") ? "budget_spent" : "throttled";
      expect(view.delivery).toMatchObject({ method: "sms", phoneId: account.phoneId, status: "failed", reason });
      expect(Date.parse(view.delivery?.until ?? "")).toBeGreaterThan(Date.parse(view.serverTime));
      expect([view.resendAt.sms, view.resendAt.voice]).toEqual([view.delivery?.until, view.delivery?.until]);
      expect(nextWays(view, Date.parse(view.serverTime)).first).toEqual({ method: "recovery_code" });
      expect((await readChallenge(token))?.view).toEqual({ ...view, serverTime: expect.any(String) });
      const queued = await sql`
      SELECT 1 FROM graphile_worker._private_jobs j JOIN messages m ON m.id::text = j.payload->>'messageId'
      WHERE m.user_id = ${account.userId}::uuid AND m.template = 'code.SIGN_IN'`;
      expect(queued).toEqual([]);
      // No code was created, so the challenge expects none, and the answer to a resend says when one may be sent.
      expect(await verifyChallenge(token, { method: "sms", code: "000000" }, requester)).toMatchObject({
        error: { code: "method_not_available" },
      });
      expect(await sendCode(token, { method: "sms" }, requester)).toMatchObject({
        error: { code: "too_many_sends", retryAfter: expect.any(Number) },
      });
      expect(must(await verifyChallenge(token, { method: "recovery_code", code: account.code }, requester)).next).toBe("done");
    },
  );

  it("for an account without recovery codes too, and sends once the limit has lifted", async () => {
    const account = await makeAccount();
    await spent["the address's"]?.(account);
    const { token, view } = await open(account);
    expect(view.methods.map(({ method }) => method)).toEqual(["sms", "voice"]);
    await setClock(Math.ceil((Date.parse(view.delivery?.until ?? "") - Date.parse(view.serverTime)) / 1000) + 1);
    expect(must(await sendCode(token, { method: "sms" }, requester)).delivery?.status).toBe("queued");
    expect(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)).next).toBe("done");
  });

  it("for forty at once of one account, while the last texts of its limit go out", async () => {
    const account = await makeAccount();
    const opened = await together(40, () => signIn({ identifier: account.email, password: PASSWORD }, { ...requester, ip: randomUUID() }));
    expect(opened.every(({ ok }) => ok)).toBe(true);
    const sent = await sql`SELECT 1 FROM messages WHERE user_id = ${account.userId}::uuid AND until IS NULL`;
    expect(sent).toHaveLength(5);
  });
});

describe("An account that is texted often", () => {
  it("has twenty texts a day on devices it does not know and thirty in all, proven or not (sends_ceiling, RL-12)", async () => {
    const account = await makeAccount();
    const deviceToken = await knownDevice(account);
    const [device] = await sql<{ id: string }>`SELECT id FROM known_devices WHERE user_id = ${account.userId}::uuid`;
    const queued = async (more?: { deviceToken: string }) => {
      await sql`DELETE FROM limit_hits`;
      // An account keeps ten devices; the first one must stay among them.
      await sql`DELETE FROM known_devices WHERE user_id = ${account.userId}::uuid AND id <> ${device?.id}::uuid`;
      const { token, view } = await open(account, { ip: randomUUID(), ...more });
      if (view.delivery?.status !== "queued") return false;
      must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, ...more }));
      return true;
    };
    let strangers = 1;
    while (strangers < 40 && (await queued())) strangers += 1;
    expect(strangers).toBe(20);
    let known = 0;
    while (known < 40 && (await queued({ deviceToken }))) known += 1;
    expect(known).toBe(10);
    // Sends of another account to the number do not count against this account, and vice versa.
    expect((await open(await makeAccount())).view.delivery?.status).toBe("queued");
  }, 60_000);

  it("is answered on a known device while strangers have filled the address (RL-11)", async () => {
    const account = await makeAccount();
    const deviceToken = await knownDevice(account);
    await spent["the address's"]?.(account);
    expect((await open(account)).view.delivery?.reason).toBe("throttled");
    expect((await open(account, { deviceToken })).view.delivery?.status).toBe("queued");
  });
});

describe("An address that strangers sign up with", () => {
  const start = async (email: string) =>
    must(await signUp({ email, password: PASSWORD, locale: "ja" }, { ...requester, ip: randomUUID() }));
  const mailsTo = async (email: string) =>
    (await sql`SELECT 1 FROM messages m JOIN challenges c ON c.id = m.challenge_id WHERE c.email = ${email} AND m.until IS NULL`).length;

  it("gets three mails, and its owner signs up with the code of the latest: nobody is refused, and every answer is the same", async () => {
    const email = `${randomUUID()}@example.jp`;
    const strangers = [];
    for (let stranger = 0; stranger < 10; stranger += 1) strangers.push(await start(email));
    expect(await mailsTo(email)).toBe(3);
    const owner = await start(email);
    const latest = await codeOf(strangers[2]?.token ?? "");
    expect(await codeOf(owner.token)).toBe(latest);
    expect(owner.view).toMatchObject({ delivery: { method: "email", status: "queued", until: expect.any(String) }, sendsLeft: 4 });
    expect(must(await verifyChallenge(owner.token, { code: latest }, requester)).next).toBe("bind_phone");
    // The stranger's challenge does not reveal the proof: it stays open and proves nothing.
    for (const { token } of strangers) {
      expect((await readChallenge(token))?.state).toBe("open");
      expect((await verifyChallenge(token, { code: await codeOf(token) }, requester)).ok).toBe(false);
    }
  });

  it("gets a mail again once its code is over, six an hour at the most, and then the person is told when", async () => {
    const email = `${randomUUID()}@example.jp`;
    for (let stranger = 0; stranger < 4; stranger += 1) await start(email);
    for (const [minutes, mails] of [
      [11, 4],
      [22, 5],
      [33, 6],
      [44, 6],
    ] as const) {
      await setClock(minutes * 60);
      const { view } = await start(email);
      expect(await mailsTo(email)).toBe(mails);
      expect(view.delivery?.status).toBe(minutes < 44 ? "queued" : "failed");
    }
    const known = await makeAccount();
    for (let stranger = 0; stranger < 5; stranger += 1) await start(known.email);
    expect((await start(known.email)).view.delivery).toMatchObject({ status: "queued" });
  });

  it("is one mailbox under all its tags (RL-02)", async () => {
    const name = randomUUID();
    for (let tag = 0; tag < 8; tag += 1) await start(`${name}+${tag}@example.jp`);
    const sent =
      await sql`SELECT 1 FROM messages m JOIN challenges c ON c.id = m.challenge_id WHERE c.email LIKE ${`${name}%`} AND m.status <> 'failed'`;
    expect(sent).toHaveLength(6);
  });

  it("is not what an account draws on whose password was right: it has three mails of its own", async () => {
    const left = await makeAccount({ phone: false });
    for (let stranger = 0; stranger < 8; stranger += 1) await start(left.email);
    const { token, view } = await open(left);
    expect(view).toMatchObject({ purpose: "SIGN_UP", delivery: { status: "queued" } });
    expect(view.delivery?.until).toBeUndefined();
    for (let again = 0; again < 3; again += 1) await open(left);
    const last = await open(left);
    expect(last.view.delivery).toMatchObject({ status: "queued", until: expect.any(String) });
    expect((await readChallenge(token))?.state).toBe("replaced");
    const verified = must(await verifyChallenge(last.token, { code: await codeOf(last.token) }, requester));
    const bind = verified.next === "bind_phone" ? verified.challengeToken : "";
    must(await bindPhone(bind, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
  });
});

describe("The answer of a sign-in", () => {
  it("is one for an account that is locked and for none, under the address and the number of one account (RL-07, EN-01)", async () => {
    const account = await makeAccount();
    const wrong = (identifier: string) => signIn({ identifier, password: "まちがい" }, { ...requester, ip: randomUUID() });
    for (let guess = 0; guess < 5; guess += 1) await wrong(account.email);
    for (let guess = 0; guess < 5; guess += 1) await wrong(account.e164);
    const none = freshNumber();
    for (let guess = 0; guess < 10; guess += 1) await wrong(none);
    for (const identifier of [account.email, account.e164, none])
      for (const password of [PASSWORD, "まちがい"])
        expect(await signIn({ identifier, password }, { ...requester, ip: randomUUID() })).toEqual({
          ok: false,
          error: { code: "credentials_wrong" },
        });
  });

  it("does not tell a stranger of the owner's sign-in, nor give new guesses: nine wrong ones stay nine", async () => {
    const account = await makeAccount();
    const deviceToken = await knownDevice(account);
    const stranger = randomUUID();
    const guess = (password: string) => signIn({ identifier: account.email, password }, { ...requester, ip: stranger });
    for (let round = 0; round < 9; round += 1) await guess(`ちがう ${round}`);
    await open(account, { deviceToken });
    await open(account);
    await guess("ちがう 9");
    expect(await guess(PASSWORD)).toEqual({ ok: false, error: { code: "credentials_wrong" } });
  });
});
