import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFactors } from "#lib/accounts/factors";
import { judgeFactors } from "#lib/accounts/judge-factors";
import { removePhone } from "#lib/accounts/phones";
import { signIn } from "#lib/accounts/sign-in";
import { beginStepUp } from "#lib/accounts/step-up";
import { beginTotp, confirmTotp, pendingTotp, removeTotp } from "#lib/accounts/totp";
import { spendStep } from "#lib/authenticators/totp/authenticator";
import { codeAt, openSeed } from "#lib/authenticators/totp/seed";
import { sql } from "#lib/db/sql";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { readSession } from "#lib/sessions/read-session";
import { bindApp, earlyInStep, presentStep, signInByText, stepUp } from "#lib/testing/factors";
import {
  type Account,
  bindNumber,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  otherThan,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  signedIn,
  together,
} from "#lib/testing/fixtures";
import { renewed } from "#lib/testing/signed-in";

const textsTo = ({ userId }: Account) =>
  count(
    sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND channel <> 'EMAIL' AND template LIKE 'code.%'`,
  );
const eventsOf = ({ userId }: { userId: string }, event: string) =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM audit_events WHERE event = ${event} AND subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid)`);
const noticesTo = async ({ userId }: { userId: string }) =>
  (
    await sql<{
      template: string;
    }>`SELECT DISTINCT template FROM messages WHERE user_id = ${userId}::uuid AND template LIKE 'notice.%' ORDER BY template`
  ).map(({ template }) => template);
const streakOf = async ({ userId }: Account) =>
  (await sql<{ n: number }>`SELECT factor_failures AS n FROM users WHERE id = ${userId}::uuid`)[0]?.n;

let early = 0;
beforeEach(async () => {
  await forgetLimits();
  early = await earlyInStep();
});
afterEach(() => setClock(0));

describe("An authenticator app at sign-in", () => {
  it("is asked for first, nothing is texted unasked, and its code opens the session without naming a method (PSTN-01)", async () => {
    const account = await makeAccount();
    const app = await bindApp(account);
    const token = await passPassword(account);
    expect(await textsTo(account)).toBe(0);
    const read = await readChallenge(token);
    expect(read?.view).toMatchObject({ delivery: null, methods: [{ method: "totp" }, { method: "sms" }, { method: "voice" }] });
    const opened = signedIn(must(await verifyChallenge(token, { code: await app.shows() }, requester)));
    expect(opened.session).toMatchObject({ amr: ["pwd", "otp"], aal: 2 });
  });

  it("judges a typed code where nothing was sent alone: once a text is out, a code without a method is the text's", async () => {
    const account = await makeAccount();
    const app = await bindApp(account);
    const token = await passPassword(account);
    must(await sendCode(token, { method: "sms" }, requester));
    expect(await verifyChallenge(token, { code: await app.shows() }, requester)).toMatchObject({ error: { code: "code_wrong" } });
    const [row] = await sql`SELECT failures FROM authenticators WHERE id = ${app.id}::uuid`;
    expect(row).toEqual({ failures: 0 });
    expect((await verifyChallenge(token, { method: "totp", code: await app.shows() }, requester)).ok).toBe(true);
  });

  it("judges no code of a challenge that has sent one, also where its phone was disabled meanwhile", async () => {
    const account = await makeAccount();
    const app = await bindApp(account);
    const token = await passPassword(account);
    must(await sendCode(token, { method: "sms" }, requester));
    await sql`UPDATE authenticators SET disabled_at = app_now() WHERE id = ${account.phoneId}::uuid`;
    expect(await verifyChallenge(token, { code: await app.shows() }, requester)).toMatchObject({ error: { code: "method_not_available" } });
    expect((await verifyChallenge(token, { method: "totp", code: await app.shows() }, requester)).ok).toBe(true);
  });

  it("accepts the present step and the one before, and no other; what is nearby is told as a clock that is off (D08, TO-02)", async () => {
    for (const [offset, right] of [
      [-2, false],
      [-1, true],
      [0, true],
      [1, false],
      [2, false],
    ] as const) {
      const account = await makeAccount();
      const app = await bindApp(account);
      const verified = await verifyChallenge(await passPassword(account), { code: await app.shows(offset) }, requester);
      expect(verified.ok, String(offset)).toBe(right);
      if (verified.ok) continue;
      expect(verified.error).toMatchObject({ code: "code_wrong", attemptsLeft: 4 });
      expect(verified.error.reason).toBe(Math.abs(offset) >= 2 ? "clock_off" : undefined);
      expect(await streakOf(account)).toBe(1);
    }
    const account = await makeAccount();
    const app = await bindApp(account);
    const wrong = await verifyChallenge(await passPassword(account), { code: otherThan(await app.shows(11)) }, requester);
    expect(wrong).toMatchObject({ error: { code: "code_wrong" } });
    expect(wrong.ok || wrong.error.reason).toBeUndefined();
  });

  it("never accepts a code that was told to be out of time, once its time comes", async () => {
    const account = await makeAccount();
    const app = await bindApp(account);
    const token = await passPassword(account);
    const ahead = await app.shows(4);
    expect(await verifyChallenge(token, { code: ahead }, requester)).toMatchObject({ error: { reason: "clock_off" } });
    await setClock(early + 120);
    expect(await verifyChallenge(token, { code: ahead }, requester)).toMatchObject({ error: { code: "code_wrong" } });
    await setClock(early + 150);
    expect((await verifyChallenge(token, { code: await app.shows() }, requester)).ok).toBe(true);
  });

  it("takes a time step once for the account, and none before it, whatever the session (D06, D07, TO-01)", async () => {
    const account = await makeAccount();
    const app = await bindApp(account);
    const [before, now] = [await app.shows(-1), await app.shows()];
    signedIn(must(await verifyChallenge(await passPassword(account), { code: now }, requester)));
    for (const used of [now, before])
      expect(await verifyChallenge(await passPassword(account), { code: used }, requester)).toMatchObject({
        error: { code: "code_wrong" },
      });
  });

  it("opens one session for fifty at once, over a sign-in and a step-up that were both begun (D06)", async () => {
    const account = await makeAccount();
    const { person, requester: from } = await signInByText(account);
    const app = await bindApp(account);
    const begun = must(await beginStepUp(person, "manage_factors", null, from));
    if (!("opened" in begun)) throw new Error("this session has stepped up");
    const tokens = [await passPassword(account), begun.opened.token];
    const code = await app.shows();
    const results = await together(50, (index) => verifyChallenge(tokens[index % 2] ?? "", { code }, index % 2 === 0 ? requester : from));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const [row] = await sql<{ last: number }>`SELECT last_step AS last FROM totp WHERE id = ${app.id}::uuid`;
    const step = await presentStep();
    expect(Math.abs((row?.last ?? 0) - step)).toBeLessThan(2);
    const spent = await together(50, () => spendStep(sql, app.id, step + 1));
    expect(spent.filter(Boolean)).toHaveLength(1);
  });

  it("is disabled by its hundredth failure and told so; the other ways go on", async () => {
    const account = await makeAccount();
    const app = await bindApp(account);
    await sql`UPDATE authenticators SET failures = 99 WHERE id = ${app.id}::uuid`;
    const token = await passPassword(account);
    await verifyChallenge(token, { code: otherThan(await app.shows(11)) }, requester);
    expect(await noticesTo(account)).toContain("notice.totp_disabled");
    expect((await readChallenge(token))?.view.methods.map(({ method }) => method)).toEqual(["sms", "voice"]);
    expect(await verifyChallenge(token, { method: "totp", code: await app.shows() }, requester)).toMatchObject({
      error: { code: "method_not_available" },
    });
  });

  it("that is disabled keeps nobody out whose phone is there: texts, step-up and a new app go on, and it counts as no way (OTP-06, FA-01)", async () => {
    const account = await makeAccount();
    const [before, app] = [await signInByText(account), await bindApp(account)];
    await sql`UPDATE authenticators SET failures = 100, disabled_at = app_now() WHERE id = ${app.id}::uuid`;
    const entered = await signInByText(account);
    expect([await readSession(before.requester.sessionToken ?? ""), await readSession(entered.requester.sessionToken ?? "")]).toEqual([
      expect.objectContaining({ nextStep: null }),
      expect.objectContaining({ nextStep: null }),
    ]);
    const begun = must(await beginStepUp(entered.person, "manage_factors", null, entered.requester));
    if (!("opened" in begun)) throw new Error("this session has stepped up");
    expect(begun.opened.view).toMatchObject({ methods: [{ method: "sms" }, { method: "voice" }], delivery: { method: "sms" } });
    const stepped = must(await verifyChallenge(begun.opened.token, { code: await codeOf(begun.opened.token) }, entered.requester));
    const from = { ...entered.requester, sessionToken: "sessionToken" in stepped ? stepped.sessionToken : "" };
    expect(await removePhone(entered.person, account.phoneId, from)).toMatchObject({ error: { code: "last_factor" } });
    const factors = await readFactors(account.userId);
    expect(factors.totp).toMatchObject({ disabled: true });
    expect(judgeFactors({ ...factors, recoveryAddress: true })).toMatchObject({ strength: "sms", recovery: "weak" });
    const { secret } = must(await beginTotp(entered.person));
    must(await confirmTotp(entered.person, codeAt(secret, await presentStep()), from));
    expect((await readFactors(account.userId)).totp).toMatchObject({ disabled: false });
  });

  it("of another account judges nothing", async () => {
    const [account, other] = [await makeAccount(), await makeAccount()];
    const app = await bindApp(other);
    expect(await verifyChallenge(await passPassword(account), { method: "totp", code: await app.shows() }, requester)).toMatchObject({
      error: { code: "method_not_available" },
    });
  });

  it("is enough for an account without a phone to be past its sign-up", async () => {
    const account = await makeAccount({ phone: false });
    const app = await bindApp(account);
    const opened = must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
    expect(opened.view).toMatchObject({ purpose: "SIGN_IN", methods: [{ method: "totp" }] });
    expect((await verifyChallenge(opened.token, { code: await app.shows() }, requester)).ok).toBe(true);
  });
});

describe("The enrolment of an authenticator app", () => {
  it("needs step-up of ten minutes at most, and is not asked for until its first code was right (D09, C06, TO-03)", async () => {
    const account = await makeAccount();
    const { person, requester: from } = await signInByText(account);
    expect(await beginTotp(person)).toMatchObject({ error: { code: "step_up_required", action: "manage_factors" } });
    await stepUp(person, 601);
    expect(await beginTotp(person)).toMatchObject({ error: { code: "step_up_required" } });
    await stepUp(person, 595);
    const { secret, uri } = must(await beginTotp(person));
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toBe(`otpauth://totp/%E9%96%A2%E6%89%80:${encodeURIComponent(account.email)}?secret=${secret}&issuer=%E9%96%A2%E6%89%80`);
    expect((await readFactors(account.userId)).totp).toBeNull();
    const token = await passPassword(account);
    expect((await readChallenge(token))?.view.methods.map(({ method }) => method)).toEqual(["sms", "voice"]);
    expect((await readChallenge(token))?.view.delivery?.method).toBe("sms");
    expect(await confirmTotp(person, otherThan(codeAt(secret, await presentStep())), from)).toMatchObject({
      error: { code: "code_wrong" },
    });
    must(await confirmTotp(person, codeAt(secret, await presentStep()), from));
    expect((await readFactors(account.userId)).totp).toEqual({ enrolledAt: expect.any(String), lastUsedAt: null, disabled: false });
    expect(await eventsOf(account, "totp.added")).toBe(1);
    expect(await noticesTo(account)).toContain("notice.totp_added");
  });

  it("spends the code that confirmed it, and never shows its key again (D06, TO-03)", async () => {
    const account = await makeAccount();
    const { person, requester: from } = await signInByText(account);
    await stepUp(person);
    const { secret } = must(await beginTotp(person));
    expect((await pendingTotp(person))?.secret).toBe(secret);
    const code = codeAt(secret, await presentStep());
    must(await confirmTotp(person, code, from));
    expect(await pendingTotp(person)).toBeNull();
    expect(await confirmTotp(person, code, from)).toMatchObject({ error: { code: "not_found" } });
    expect(await verifyChallenge(await passPassword(account), { code }, requester)).toMatchObject({ error: { code: "code_wrong" } });
  });

  it("shows a waiting key to a session that stepped up alone, and replaces it at the next request", async () => {
    const account = await makeAccount();
    const { person, requester: from } = await signInByText(account);
    await stepUp(person);
    const first = must(await beginTotp(person));
    const second = must(await beginTotp(person));
    expect(second.secret).not.toBe(first.secret);
    expect(await confirmTotp(person, codeAt(first.secret, await presentStep()), from)).toMatchObject({ error: { code: "code_wrong" } });
    const other = await signInByText(account);
    expect(await pendingTotp(other.person)).toBeNull();
    await stepUp(person, 601);
    expect(await pendingTotp(person)).toBeNull();
    expect(await confirmTotp(person, codeAt(second.secret, await presentStep()), from)).toMatchObject({
      error: { code: "step_up_required" },
    });
  });

  it("confirms once of fifty at once, and seals the key for its row and account", async () => {
    const account = await makeAccount();
    const { person, requester: from } = await signInByText(account);
    await stepUp(person);
    const { secret } = must(await beginTotp(person));
    const code = codeAt(secret, await presentStep());
    const results = await together(50, () => confirmTotp(person, code, from));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const [row] = await sql<{ id: string; sealed: string }>`
      SELECT t.id, t.seed_sealed AS sealed FROM totp t JOIN authenticators a ON a.id = t.id WHERE a.user_id = ${account.userId}::uuid`;
    expect(row?.sealed).not.toContain(secret);
    expect(openSeed(row?.id ?? "", account.userId, row?.sealed ?? "")).toBe(secret);
    expect(() => openSeed(row?.id ?? "", person.sessionId, row?.sealed ?? "")).toThrow();
  });

  it("replaces the app in use, whose sessions end, when the new one's code is right", async () => {
    const account = await makeAccount();
    const old = await bindApp(account);
    const elsewhere = signedIn(must(await verifyChallenge(await passPassword(account), { code: await old.shows() }, requester)));
    const token = await passPassword(account);
    must(await sendCode(token, { method: "sms" }, requester));
    const acting = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
    const person = { userId: account.userId, sessionId: acting.session.sessionId, email: account.email, locale: "ja" };
    await stepUp(person);
    const { secret } = must(await beginTotp(person));
    const from = { ...requester, sessionToken: acting.sessionToken };
    const after = renewed(from, must(await confirmTotp(person, codeAt(secret, await presentStep()), from)));
    expect(await readSession(elsewhere.sessionToken)).toBeNull();
    expect(await readSession(after.sessionToken)).not.toBeNull();
    expect(await verifyChallenge(await passPassword(account), { code: await old.shows(-1) }, requester)).toMatchObject({
      error: { code: "code_wrong" },
    });
  });
});

describe("The removal of a second factor", () => {
  it("of the app ends the sessions that rest on it, and leaves the acting one (D15, FA-01)", async () => {
    const account = await makeAccount();
    const app = await bindApp(account);
    const elsewhere = signedIn(must(await verifyChallenge(await passPassword(account), { code: await app.shows() }, requester)));
    const token = await passPassword(account);
    must(await sendCode(token, { method: "sms" }, requester));
    const acting = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
    const person = { userId: account.userId, sessionId: acting.session.sessionId, email: account.email, locale: "ja" };
    const from = { ...requester, sessionToken: acting.sessionToken };
    expect(await removeTotp(person, from)).toMatchObject({ error: { code: "step_up_required" } });
    await stepUp(person);
    const after = renewed(from, must(await removeTotp(person, from)));
    expect(await readSession(elsewhere.sessionToken)).toBeNull();
    expect(await readSession(after.sessionToken)).not.toBeNull();
    expect(await removeTotp(person, after)).toMatchObject({ error: { code: "not_found" } });
    expect([await eventsOf(account, "totp.removed"), await noticesTo(account)]).toEqual([
      1,
      expect.arrayContaining(["notice.totp_removed"]),
    ]);
  });

  it("of a phone ends the sessions that it opened where an app is left, and the last factor stays (D15, FA-01)", async () => {
    const account = await makeAccount();
    const first = await signInByText(account);
    const second = await signInByText(account);
    await stepUp(second.person);
    expect(await removePhone(second.person, account.phoneId, second.requester)).toMatchObject({ error: { code: "last_factor" } });
    const app = await bindApp(account);
    const after = renewed(second.requester, must(await removePhone(second.person, account.phoneId, second.requester)));
    expect(await readSession(first.requester.sessionToken ?? "")).toBeNull();
    expect(await removeTotp(second.person, after)).toMatchObject({ error: { code: "last_factor" } });
    expect((await verifyChallenge(await passPassword(account), { code: await app.shows() }, requester)).ok).toBe(true);
    await bindNumber(account.userId);
    must(await removeTotp(second.person, after));
  });
});
