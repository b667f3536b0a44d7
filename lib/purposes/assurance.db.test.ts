import { beforeEach, describe, expect, it } from "vitest";
import { removePhone } from "#lib/accounts/phones";
import { beginReset } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import { confirmRecoveryCodes, issuedRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import type { Method } from "#lib/methods";
import { sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { readSession } from "#lib/sessions/read-session";
import { steppedUpUntil } from "#lib/sessions/step-up";
import {
  type Account,
  bindNumber,
  codeOf,
  forgetLimits,
  forgetRecoveryCodes,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  signedIn,
} from "#lib/testing/fixtures";
import { type Browser, isAlive, openStepUp, renewed, signInOn, stepUp } from "#lib/testing/signed-in";

// Which proof opens a session, raises its assurance level, keeps it or lowers it (NIST SP 800-63B-4 2 and 4.2.2.2; SE-08).

/** An account with saved recovery codes; returns one of them. */
async function withCode(): Promise<Account & { code: string }> {
  const account = await makeAccount();
  await forgetRecoveryCodes(account.userId);
  // The first sign-in makes a set, which is confirmed then.
  const token = await passPassword(account);
  signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
  const [code = ""] = must(await issuedRecoveryCodes(account.userId));
  must(await confirmRecoveryCodes(account.userId, { saved: true }, requester));
  await sql`DELETE FROM sessions WHERE user_id = ${account.userId}::uuid`;
  return { ...account, code };
}

/** Answers a challenge by a method: a code that is sent first, or the recovery code. */
async function answer(token: string, method: Method, recoveryCode: string, from = requester) {
  if (method === "recovery_code") return verifyChallenge(token, { method, code: recoveryCode }, from);
  if (method === "voice") must(await sendCode(token, { method }, from));
  return verifyChallenge(token, { method, code: await codeOf(token).catch(() => "000000") }, from);
}

const sessionsOf = async ({ userId }: Account) => (await sql`SELECT 1 FROM sessions WHERE user_id = ${userId}::uuid`).length;
const mailedCode = async ({ userId }: Account): Promise<string> => {
  const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${userId}::uuid`;
  return unseal(row?.sealed ?? "", resetCodePlace(userId));
};

type Row = [proof: string, method: Method, opens: null | string[]];

const signIns: Row[] = [
  ["a text", "sms", ["pwd", "sms"]],
  ["a call", "voice", ["pwd", "tel"]],
  ["a recovery code", "recovery_code", ["pwd", "rc"]],
  ["a mailed code", "email", null],
];

beforeEach(forgetLimits);

describe("After the password", () => {
  it("alone nothing is open", async () => {
    const account = await makeAccount();
    must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
    expect(await sessionsOf(account)).toBe(0);
  });

  it.each(signIns)("%s by %s opens %j, at level 2 or not at all", async (_, method, amr) => {
    const account = await withCode();
    const answered = await answer(await passPassword(account), method, account.code);
    if (amr === null) {
      expect(answered).toMatchObject({ ok: false });
      expect(await sessionsOf(account)).toBe(0);
    } else expect(signedIn(must(answered)).session).toMatchObject({ aal: 2, amr });
  });
});

describe("In a session a step-up", () => {
  it.each(signIns)("by %s (%s) keeps the level and opens its class, or opens nothing", async (_, method, amr) => {
    const account = await withCode();
    const browser = await signInOn(account);
    const answered = await answer(await openStepUp(browser, "manage_factors"), method, account.code, browser.from);
    expect(answered.ok).toBe(amr !== null);
    const until = await steppedUpUntil(sql, browser.acting, "manage_factors");
    expect([until !== null, await steppedUpUntil(sql, browser.acting, "administer")]).toEqual([amr !== null, null]);
    const token = answered.ok && "sessionToken" in answered.value ? answered.value.sessionToken : browser.from.sessionToken;
    expect(await readSession(token)).toMatchObject({ aal: 2, amr: ["pwd", "sms"] });
  });
});

describe("A forgotten password", () => {
  it.each(signIns)("is set after the mail and %s (%s), and opens no session; the mail counts once", async (_, method, amr) => {
    const account = await withCode();
    const { token } = must(await beginReset({ identifier: account.email, locale: "ja" }, requester));
    const code = await mailedCode(account);
    const first = must(await verifyChallenge(token, { code }, requester));
    expect(first.next).toBe("verify");
    const second = "challengeToken" in first ? first.challengeToken : "";
    const answered =
      method === "email" ? await verifyChallenge(second, { method, code }, requester) : await answer(second, method, account.code);
    expect(answered.ok && answered.value.next).toBe(amr === null ? false : "set_password");
    expect(await sessionsOf(account)).toBe(0);
  });
});

describe("A removed factor", () => {
  const remove = async (browser: Browser, id: string) => removePhone(browser.acting, id, browser.from);

  it("ends what rests on it at once and lowers nothing else", async () => {
    const account = await makeAccount();
    const [onFirst, alsoOnFirst] = [await signInOn(account), await signInOn(account)];
    const { phoneId } = await bindNumber(account.userId);
    await sql`UPDATE phones SET preferred = true WHERE id = ${phoneId}::uuid`;
    const onSecond = await stepUp(await signInOn(account), "manage_factors");
    const { sessionToken } = renewed(onSecond.from, must(await remove(onSecond, account.phoneId)));
    expect([await isAlive(onFirst), await isAlive(alsoOnFirst)]).toEqual([false, false]);
    expect(await readSession(sessionToken)).toMatchObject({ aal: 2 });
  });
});
