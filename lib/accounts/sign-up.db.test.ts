import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { openChallenge } from "#lib/challenges/open";
import { sql, transaction } from "#lib/db/sql";
import { bindPhonePurpose as bindNumberPurpose } from "#lib/purposes/bind-phone";
import { readChallenge, type Verified, verifyChallenge } from "#lib/purposes/challenges";
import { readSession } from "#lib/sessions/read-session";
import {
  codeOf,
  count,
  forgetLimits,
  freshNumber,
  makeAccount,
  must,
  otherThan,
  PASSWORD,
  requester,
  setClock,
  signedIn,
  together,
} from "#lib/testing/fixtures";

const start = async (email: string) => must(await signUp({ email, password: PASSWORD, locale: "ja" }, requester)).token;
const usersOf = (email: string) => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM users WHERE email = ${email}`);
const bindToken = (verified: Verified) => (verified.next === "bind_phone" ? verified.challengeToken : "");

async function provenAddress(email = `${randomUUID()}@example.jp`): Promise<{ email: string; token: string }> {
  await forgetLimits();
  const token = await start(email);
  return { email, token: bindToken(must(await verifyChallenge(token, { code: await codeOf(token) }, requester))) };
}

/** Resumes an abandoned sign-up up to the number step. */
async function resume(email: string): Promise<string> {
  const token = must(await signIn({ identifier: email, password: PASSWORD }, requester)).token;
  return bindToken(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
}

afterEach(() => setClock(0));

describe("Sign-up", () => {
  it("makes one account of one address however many prove it at once (E03, RG-02)", async () => {
    const email = `${randomUUID()}@example.jp`;
    await forgetLimits();
    const tokens = await together(3, () => start(email));
    const results = await Promise.all(tokens.map(async (token) => verifyChallenge(token, { code: await codeOf(token) }, requester)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.flatMap((result) => (result.ok ? [] : [result.error.code]))).toEqual(["challenge_expired", "challenge_expired"]);
    expect(await usersOf(email)).toBe(1);
  });

  it("beyond the limit of its network address costs no hash: of three hundred at once six go on and the others wait a minute at most (PW-05, F18)", async () => {
    await forgetLimits();
    const account = await makeAccount();
    const from20 = { ...requester, ip: randomUUID() };
    const ask = () => signUp({ email: `${randomUUID()}@example.jp`, password: PASSWORD, locale: "ja" }, from20);
    await together(20, ask);
    const [answers] = await Promise.all([together(300, ask), signIn({ identifier: account.email, password: PASSWORD }, requester)]);
    expect(answers.filter((one) => one.ok)).toHaveLength(6);
    for (const one of answers) if (!one.ok) expect(one.error).toEqual({ code: "too_many_requests", retryAfter: expect.any(Number) });
    expect(Math.max(...answers.map((one) => (one.ok ? 0 : (one.error.retryAfter ?? 0))))).toBeLessThanOrEqual(61);
  });

  it("says everything that is wrong with the form at once", async () => {
    const refused = await signUp({ email: "hanako", password: "short", locale: "ja" }, requester);
    expect(refused.ok ? null : refused.error.fields).toEqual({ email: "email_invalid", password: "password_too_short" });
  });

  it("claims nothing before the address is proven, and answers a known address alike (EN-01, RG-03)", async () => {
    const account = await makeAccount();
    await forgetLimits();
    const unknown = `${randomUUID()}@example.jp`;
    const [known, fresh] = [
      must(await signUp({ email: account.email, password: PASSWORD, locale: "ja" }, requester)),
      must(await signUp({ email: unknown, password: PASSWORD, locale: "ja" }, requester)),
    ];
    expect(await usersOf(unknown)).toBe(0);
    const views = await Promise.all([known, fresh].map(async ({ token }) => (await readChallenge(token))?.view));
    const masked = views.map((view) =>
      JSON.stringify(view)
        .replaceAll(account.email, "…")
        .replaceAll(unknown, "…")
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "t"),
    );
    expect(masked[0]).toBe(masked[1]);
    expect((await verifyChallenge(known.token, { code: await codeOf(known.token) }, requester)).ok).toBe(false);
    expect(await usersOf(account.email)).toBe(1);
  });

  it("refuses weak passwords with the reason and keeps the rest", async () => {
    const refuse = async (password: string) => {
      const result = await signUp({ email: "hanako@example.jp", password, locale: "ja" }, requester);
      return result.ok ? null : result.error.fields?.password;
    };
    expect(await refuse("1234567")).toBe("password_too_short");
    expect(await refuse("password1")).toBe("password_common");
    expect(await refuse("hanako2026")).toBe("password_context");
    expect(await refuse("あ".repeat(257))).toBe("password_too_long");
  });

  it("opens a session for the proven phone alone, and binds no second phone by a sign-up left open elsewhere (PSTN-04)", async () => {
    const { email, token } = await provenAddress();
    const number = freshNumber();
    must(await bindPhone(token, { number, channel: "sms", acceptRisk: true }, requester));
    const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    expect(verified).toMatchObject({ next: "save_recovery_codes", session: { aal: 2, amr: ["pwd", "sms"] } });
    const [user] = await sql<{ id: string }>`SELECT id FROM users WHERE email = ${email}`;
    const left = await transaction((tx) =>
      openChallenge(tx, { purpose: bindNumberPurpose, userId: user?.id ?? "", locale: "ja", target: null }),
    );
    must(await bindPhone(left.token, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    expect(await verifyChallenge(left.token, { code: await codeOf(left.token) }, requester)).toMatchObject({
      ok: false,
      error: { code: "challenge_expired" },
    });
    expect(
      await count(
        sql<{ n: number }>`SELECT count(*)::int AS n FROM account_phones WHERE user_id = ${user?.id}::uuid AND verified_at IS NOT NULL`,
      ),
    ).toBe(1);
  });

  it("tells that a number is taken only after its code, and lets one of many have it (E03, EN-01)", async () => {
    const number = freshNumber();
    const contenders = await together(4, () => provenAddress());
    await forgetLimits();
    const views = await Promise.all(
      contenders.map(async ({ token }) => must(await bindPhone(token, { number, channel: "sms", acceptRisk: true }, requester))),
    );
    expect(new Set(views.map((view) => view.delivery?.status))).toEqual(new Set(["queued"]));
    const results = await Promise.all(
      contenders.map(async ({ token }) => verifyChallenge(token, { code: await codeOf(token) }, requester)),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.flatMap((result) => (result.ok ? [] : [result.error.code]))).toEqual(["number_taken", "number_taken", "number_taken"]);
    const loser = contenders[results.findIndex((result) => !result.ok)];
    await forgetLimits();
    must(await bindPhone(loser?.token ?? "", { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    expect((await verifyChallenge(loser?.token ?? "", { code: await codeOf(loser?.token ?? "") }, requester)).ok).toBe(true);
  });

  it("continues where it stopped: an account without a phone proves its address again", async () => {
    const { email } = await provenAddress();
    await forgetLimits();
    const again = must(await signIn({ identifier: email, password: PASSWORD }, requester)).token;
    expect((await readChallenge(again))?.view).toMatchObject({ purpose: "SIGN_UP", methods: [{ method: "email" }] });
    expect(must(await verifyChallenge(again, { code: await codeOf(again) }, requester)).next).toBe("bind_phone");
  });

  it("asks for the risk to be accepted, and refuses what may not be texted with a reason", async () => {
    const { token } = await provenAddress();
    const bind = async (number: string, channel: "sms" | "voice" = "sms", acceptRisk = true) => {
      const result = await bindPhone(token, { number, channel, acceptRisk }, requester);
      return result.ok ? "ok" : (result.error.reason ?? result.error.fields?.acceptRisk ?? result.error.code);
    };
    expect(await bind(freshNumber(), "sms", false)).toBe("accept_risk_required");
    expect(await bind("0312345678")).toBe("landline_needs_voice");
    expect(await bind("05012345678")).toBe("voip");
    expect(await bind("0990123456")).toBe("premium");
    expect(await bind("+14155552671")).toBe("country_not_allowed");
    expect(await bind("090")).toBe("invalid");
    expect(await bind("0312345678", "voice")).toBe("ok");
  });

  it("spends the attempts of a challenge over all numbers it is given", async () => {
    const { token } = await provenAddress();
    must(await bindPhone(token, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    for (let guess = 1; guess <= 4; guess += 1) await verifyChallenge(token, { code: otherThan(await codeOf(token), guess) }, requester);
    must(await bindPhone(token, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    expect(await verifyChallenge(token, { code: otherThan(await codeOf(token)) }, requester)).toMatchObject({
      error: { code: "code_wrong", attemptsLeft: 0 },
    });
    expect(await verifyChallenge(token, { code: await codeOf(token) }, requester)).toMatchObject({ error: { code: "too_many_attempts" } });
  });

  it("sends another code once the first is over, without giving an attempt back (OTP-02, OTP-09)", async () => {
    const { token } = await provenAddress();
    const number = { number: freshNumber(), channel: "sms", acceptRisk: true } as const;
    must(await bindPhone(token, number, requester));
    const first = await codeOf(token);
    await verifyChallenge(token, { code: otherThan(first) }, requester);
    await setClock(601);
    const view = must(await bindPhone(token, number, requester));
    expect(view).toMatchObject({ attemptsLeft: 4, sendsLeft: 3 });
    expect(new Date(view.expiresAt).getTime()).toBeGreaterThan(new Date(view.serverTime).getTime());
    const second = await codeOf(token);
    if (first !== second)
      expect(await verifyChallenge(token, { code: first }, requester)).toMatchObject({ error: { code: "code_wrong", attemptsLeft: 3 } });
    expect((await verifyChallenge(token, { code: second }, requester)).ok).toBe(true);
  });

  it("that is resumed by its address gives back no text of a number that nobody proved (sends_per_phone)", async () => {
    const { email, token } = await provenAddress();
    const number = { number: freshNumber(), channel: "sms", acceptRisk: true } as const;
    const send = async (bind: string) => {
      await sql`UPDATE messages SET created_at = created_at - interval '200 seconds'`;
      return (await bindPhone(bind, number, requester)).ok;
    };
    const sent = [await send(token), await send(token), await send(token)];
    const again = await resume(email);
    sent.push(await send(again), await send(again), await send(again));
    expect(sent).toEqual([true, true, true, true, true, false]);
  });

  it("that is resumed by its address gives back no wrong code of a number: ten lock the account (RL-08, SOFT_LOCK)", async () => {
    const { email, token } = await provenAddress();
    const guessFive = async (bind: string) => {
      must(await bindPhone(bind, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
      for (let guess = 1; guess <= 5; guess += 1) await verifyChallenge(bind, { code: otherThan(await codeOf(bind), guess) }, requester);
    };
    await guessFive(token);
    await guessFive(await resume(email));
    const locked = must(await signIn({ identifier: email, password: PASSWORD }, requester)).token;
    expect(await verifyChallenge(locked, { code: await codeOf(locked) }, requester)).toMatchObject({
      error: { code: "too_many_attempts" },
    });
  });

  it("ends the session that its browser gives up for it (SE-02)", async () => {
    const account = await makeAccount();
    const token = must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).token;
    const { sessionToken } = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
    expect(await readSession(sessionToken)).not.toBeNull();
    await forgetLimits();
    must(await signUp({ email: `${randomUUID()}@example.jp`, password: PASSWORD, locale: "ja" }, { ...requester, sessionToken }));
    expect(await readSession(sessionToken)).toBeNull();
  });
});
