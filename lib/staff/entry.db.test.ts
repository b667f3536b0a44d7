import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { confirmRecoveryCodes, issuedRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { sql, transaction } from "#lib/db/sql";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { readSession } from "#lib/sessions/read-session";
import { steppedUpUntil } from "#lib/sessions/step-up";
import { hasStrongFactor, provenStrongly } from "#lib/staff/entry";
import { grantRole } from "#lib/staff/people";
import { bindApp, earlyInStep } from "#lib/testing/factors";
import {
  type Account,
  codeOf,
  forgetLimits,
  forgetRecoveryCodes,
  makeAccount,
  must,
  passPassword,
  requester,
  setClock,
  signedIn,
} from "#lib/testing/fixtures";
import { type Browser, openStepUp } from "#lib/testing/signed-in";

// The console rests on a passkey or an authenticator app: what a text, a call, a recovery code or a trusted browser opens is not enough (AD-02, J05).

beforeEach(forgetLimits);
afterEach(() => setClock(0));

/** An account with saved recovery codes and a role; returns one of the codes. */
async function staffByText(): Promise<Account & { code: string }> {
  const account = await makeAccount();
  await forgetRecoveryCodes(account.userId);
  const token = await passPassword(account);
  signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
  const [code = ""] = must(await issuedRecoveryCodes(account.userId));
  must(await confirmRecoveryCodes(account.userId, { saved: true }, requester));
  await transaction((tx) => grantRole(tx, account.userId, "administrator", "test"));
  return { ...account, code };
}

/** A browser that signed in by a method. */
async function enter(account: Account, answer: (token: string) => ReturnType<typeof verifyChallenge>): Promise<Browser> {
  const { sessionToken, session, device } = signedIn(must(await answer(await passPassword(account))));
  const acting = { sessionId: session.sessionId, userId: account.userId, email: account.email, locale: "ja" as const };
  return { acting, from: { ...requester, sessionToken, deviceToken: device.token } };
}

const viewOf = async ({ from }: Browser) => {
  const session = await readSession(from.sessionToken);
  if (!session) throw new Error("no session");
  return session;
};

describe("A member of staff without an app or a passkey", () => {
  it.each(["sms", "voice", "recovery_code"] as const)("signs in by %s, and neither enters nor acts", async (method) => {
    const account = await staffByText();
    const browser = await enter(account, async (token) => {
      if (method === "recovery_code") return verifyChallenge(token, { method, code: account.code }, requester);
      if (method === "voice") must(await sendCode(token, { method }, requester));
      return verifyChallenge(token, { method, code: await codeOf(token) }, requester);
    });
    expect(await hasStrongFactor(account.userId)).toBe(false);
    expect(await provenStrongly(await viewOf(browser))).toBe(false);
    const token = await openStepUp(browser, "administer");
    expect((await readChallenge(token))?.view.methods).toEqual([]);
    for (const [way, code] of [
      ["sms", "000000"],
      ["recovery_code", account.code],
    ] as const)
      expect((await verifyChallenge(token, { method: way, code }, browser.from)).ok).toBe(false);
    expect(await steppedUpUntil(sql, browser.acting, "administer")).toBeNull();
  });
});

describe("A member of staff with an app", () => {
  it("who signed in by a text or a recovery code enters after the app alone, and then acts", async () => {
    const account = await staffByText();
    await earlyInStep();
    const app = await bindApp(account);
    const browser = await enter(account, (token) => verifyChallenge(token, { method: "recovery_code", code: account.code }, requester));
    expect(await hasStrongFactor(account.userId)).toBe(true);
    expect(await provenStrongly(await viewOf(browser))).toBe(false);
    const token = await openStepUp(browser, "administer");
    expect((await readChallenge(token))?.view.methods.map(({ method }) => method)).toEqual(["totp"]);
    const stepped = must(await verifyChallenge(token, { method: "totp", code: await app.shows() }, browser.from));
    if (stepped.next !== "stepped_up") throw new Error(stepped.next);
    const after = { ...browser, from: { ...browser.from, sessionToken: stepped.sessionToken } };
    expect(await provenStrongly(await viewOf(after))).toBe(true);
    expect(await steppedUpUntil(sql, after.acting, "administer")).not.toBeNull();
  });

  it("enters with a session of the app, and acts after another proof of it", async () => {
    const account = await staffByText();
    await earlyInStep();
    const app = await bindApp(account);
    const code = await app.shows();
    const browser = await enter(account, (token) => verifyChallenge(token, { method: "totp", code }, requester));
    expect(await provenStrongly(await viewOf(browser))).toBe(true);
    expect(await steppedUpUntil(sql, browser.acting, "administer")).toBeNull();
  });
});

describe("A role", () => {
  it("ends the trusted browsers of its account and every session that is as long as a person's", async () => {
    const account = await makeAccount();
    await sql`INSERT INTO trusted_devices (token_hash, user_id, epoch, expires_at) VALUES ('x', ${account.userId}::uuid, 0, app_now() + interval '9 days')`;
    const browser = await enter(account, async (token) => verifyChallenge(token, { code: await codeOf(token) }, requester));
    await transaction((tx) => grantRole(tx, account.userId, "support", "test"));
    expect(await sql`SELECT 1 FROM trusted_devices WHERE user_id = ${account.userId}::uuid`).toEqual([]);
    expect(await readSession(browser.from.sessionToken)).toBeNull();
  });
});
