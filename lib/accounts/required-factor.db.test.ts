import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginReset, setNewPassword } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import { beginStepUp } from "#lib/accounts/step-up";
import { signedInPerson } from "#lib/api/contract/person";
import { table } from "#lib/api/contract/table";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import type { ApiCall } from "#lib/http/called";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { readSession } from "#lib/sessions/read-session";
import { requireStepUp } from "#lib/sessions/step-up";
import {
  type Account,
  addRecoveryCode,
  bindFactor,
  codeOf,
  count,
  forgetLimits,
  forgetPolicy,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setPolicy,
  signedIn,
} from "#lib/testing/fixtures";

// The switch that removes the telephone from sign-in, and rules for some: announced first, then in force, and no account is locked out (PSTN-08, JP-01, JP-03).

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const noPstn = (days: number, graceDays = 0) => setPolicy("noPstn", { from: day(days), graceDays });
const enter = async (account: Account) => must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
const verify = async (token: string) => verifyChallenge(token, { code: await codeOf(token) }, requester);
/** A session by password and text. */
const byText = async (account: Account) => signedIn(must(await verify(await passPassword(account))));
const methods = (view: { methods: { method: string }[] }) => view.methods.map(({ method }) => method);
const texts = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND channel = 'SMS'`);
const sessions = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM sessions WHERE user_id = ${userId}::uuid`);
const asCall = (sessionToken: string) => ({ requester: { ...requester, sessionToken } }) as unknown as ApiCall;
/** What a call of this session is refused with, and one that leads to a factor. */
const refused = async (token: string) => {
  const [all, enrolling] = await Promise.all([signedInPerson(asCall(token)), signedInPerson(asCall(token), { enrolling: true })]);
  return [all, enrolling].map((one) => (one.ok ? "let in" : one.error.code));
};

beforeEach(forgetLimits);
afterEach(forgetPolicy);

describe("A rule that is only announced", () => {
  it("changes no sign-in, and tells its end to whoever has no such factor yet", async () => {
    const account = await makeAccount();
    await noPstn(-10, 40);
    const opened = await enter(account);
    expect(methods(opened.view)).toContain("sms");
    const { session, next, sessionToken } = signedIn(must(await verify(opened.token)));
    expect([next, session.nextStep, session.announced?.factor]).toEqual(["done", null, "not_pstn"]);
    expect(new Date(session.announced?.until ?? 0).toISOString()).toBe(`${day(29)}T15:00:00.000Z`);
    await bindFactor(account.userId, "totp");
    expect((await readSession(sessionToken))?.announced).toBeNull();
  });
});

describe("A rule in force", () => {
  it("leads a sign-in by text to a factor and to nothing else, until there is one", async () => {
    const account = await makeAccount();
    await noPstn(-1);
    const { next, sessionToken, session } = await byText(account);
    expect([next, session.nextStep]).toEqual(["enrol_factor", "enrol_factor"]);
    expect(await refused(sessionToken)).toEqual(["factor_required", "let in"]);
    const acting = { sessionId: session.sessionId, userId: account.userId };
    expect(await requireStepUp(sql, acting, "change_password")).toEqual({ ok: false, error: { code: "factor_required" } });
    expect(await requireStepUp(sql, acting, "manage_factors")).toMatchObject({ error: { code: "step_up_required" } });
    // The step-up that leads there is still by text: there is nothing else.
    const begun = must(await beginStepUp(acting, "manage_factors", null, requester));
    expect("opened" in begun && methods(begun.opened.view)).toContain("sms");
    await bindFactor(account.userId, "passkey");
    expect((await readSession(sessionToken))?.nextStep).toBeNull();
    expect(await refused(sessionToken)).toEqual(["let in", "let in"]);
  });

  it("opens the calls that lead to a factor to a session that owes one, behind their step-up, and no others", async () => {
    const account = await makeAccount();
    await noPstn(-1);
    const { sessionToken } = await byText(account);
    const answerOf = async ([method, path, body]: [string, string, object]) => {
      const operation = table.find((one) => one.method === method && one.path === `/api/v1${path}`);
      const call = {
        ...asCall(sessionToken),
        body: Buffer.from(JSON.stringify(body)),
        params: { id: account.phoneId },
        query: new URLSearchParams(),
      };
      const reply = await operation?.handler(call);
      return [reply?.status, (JSON.parse(reply?.body ?? "{}") as { code?: string }).code];
    };
    const enrolling: [string, string, object][] = [
      ["POST", "/factors/totp", {}],
      ["POST", "/factors/totp/confirm", { code: "123456" }],
      ["POST", "/factors/passkeys", {}],
    ];
    for (const call of enrolling) expect([call[1], ...(await answerOf(call))]).toEqual([call[1], 403, "step_up_required"]);
    const others: [string, string, object][] = [
      ["POST", "/phones", { number: "090-1234-5678", channel: "sms", acceptRisk: true }],
      ["DELETE", "/phones/{id}", {}],
      ["DELETE", "/factors/totp", {}],
      ["POST", "/step-up", { action: "export_data" }],
      ["GET", "/sessions", {}],
      ["POST", "/account/password", { password: PASSWORD }],
    ];
    for (const call of others) expect([call[1], ...(await answerOf(call))]).toEqual([call[1], 403, "factor_required"]);
  });

  it("leads a session that was opened before it to a factor, too", async () => {
    const { sessionToken } = await byText(await makeAccount());
    await noPstn(-1);
    expect((await readSession(sessionToken))?.nextStep).toBe("enrol_factor");
  });

  it("offers and sends no text to an account that has a permitted factor", async () => {
    const account = await makeAccount();
    await Promise.all([noPstn(-1), bindFactor(account.userId, "totp"), addRecoveryCode(account.userId)]);
    const { token, view } = await enter(account);
    expect([methods(view), view.delivery]).toEqual([["totp", "recovery_code"], null]);
    expect(methods((await readChallenge(token))?.view ?? { methods: [] })).toEqual(["totp", "recovery_code"]);
    for (const method of ["sms", "voice"] as const)
      expect(await sendCode(token, { method, phoneId: account.phoneId }, requester)).toMatchObject({
        error: { code: "method_not_available" },
      });
    expect(await texts(account)).toBe(0);
  });

  it("takes no code that was texted before it, in a sign-in, a step-up or a reset", async () => {
    const account = await makeAccount();
    const { session, sessionToken } = await byText(account);
    const pending = await passPassword(account);
    const acting = { sessionId: session.sessionId, userId: account.userId };
    const begun = must(await beginStepUp(acting, "change_password", null, requester));
    if (!("opened" in begun)) throw new Error("no challenge");
    const reset = must(await beginReset({ identifier: account.email, locale: "ja" }, requester)).token;
    const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${account.userId}::uuid`;
    const mailed = unseal(row?.sealed ?? "", resetCodePlace(account.userId));
    const second = must(await verifyChallenge(reset, { code: mailed }, requester));
    if (!("challengeToken" in second)) throw new Error("no second step");
    await Promise.all([noPstn(-1), bindFactor(account.userId, "totp")]);
    const before = await sessions(account);
    const refusal = { ok: false, error: { code: "method_not_available" } };
    expect(await verify(pending)).toEqual(refusal);
    const stepUp = begun.opened.token;
    expect(await verifyChallenge(stepUp, { code: await codeOf(stepUp) }, { ...requester, sessionToken })).toEqual(refusal);
    expect(await verify(second.challengeToken)).toEqual(refusal);
    expect(await setNewPassword(second.challengeToken, { password: "夕顔 ひそかに 咲く" }, requester)).toMatchObject({ ok: false });
    expect(await sessions(account)).toBe(before);
    expect(await sql`SELECT 1 FROM step_ups WHERE session_id = ${session.sessionId}::uuid`).toEqual([]);
  });

  it("does not bring the telephone back when the permitted factor is disabled by failures", async () => {
    const account = await makeAccount();
    const factor = await bindFactor(account.userId, "totp");
    await Promise.all([
      noPstn(-1),
      addRecoveryCode(account.userId),
      sql`UPDATE authenticators SET disabled_at = app_now() WHERE id = ${factor}::uuid`,
    ]);
    expect(methods((await enter(account)).view)).toEqual(["recovery_code"]);
    expect(await texts(account)).toBe(0);
  });

  it("is for whom it names: a role, a group, and nobody else", async () => {
    const [staff, shop, other] = [await makeAccount(), await makeAccount(), await makeAccount()];
    await sql`UPDATE users SET roles = '{support}' WHERE id = ${staff.userId}::uuid`;
    await sql`INSERT INTO user_groups (user_id, name) VALUES (${shop.userId}::uuid, 'shop')`;
    await setPolicy("requirements", [
      { who: { role: "support" }, factor: "passkey", from: day(-1), graceDays: 0 },
      { who: { group: "shop" }, factor: "not_pstn", from: day(-1), graceDays: 0 },
    ]);
    const led = async (account: Account) => (await byText(account)).next;
    expect([await led(staff), await led(shop), await led(other)]).toEqual(["enrol_factor", "enrol_factor", "done"]);
    await Promise.all([bindFactor(staff.userId, "totp"), bindFactor(shop.userId, "totp")]);
    // An app is no passkey: who needs one goes on by text until then.
    expect(methods((await enter(staff)).view)).toContain("sms");
    expect(methods((await enter(shop)).view)).not.toContain("sms");
  });

  it("that is taken back lets the telephone in again", async () => {
    const account = await makeAccount();
    await bindFactor(account.userId, "totp");
    await noPstn(-1);
    expect(methods((await enter(account)).view)).not.toContain("sms");
    await setPolicy("noPstn", { from: null, graceDays: 0 });
    expect(methods((await enter(account)).view)).toContain("sms");
  });
});
