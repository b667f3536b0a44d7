import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changePassword } from "#lib/accounts/change-password";
import { beginConfirmation } from "#lib/accounts/confirmations";
import { stopAccount } from "#lib/accounts/notice-codes";
import { changePhone, removePhone } from "#lib/accounts/phones";
import { signInOnDevice } from "#lib/accounts/sign-in";
import { beginStepUp } from "#lib/accounts/step-up";
import { endSessionsOf, suspendAccount } from "#lib/accounts/suspend";
import {
  confirmRecoveryCodes,
  issuedRecoveryCodes,
  prepareRecoveryCodes,
  replaceRecoveryCodes,
} from "#lib/authenticators/recovery-codes/recovery-codes";
import { unseal } from "#lib/crypto/seal";
import { sql, transaction } from "#lib/db/sql";
import { noticeCodePlace } from "#lib/delivery/wording/notice-codes";
import { verifyChallenge } from "#lib/purposes/challenges";
import { trustVerified } from "#lib/purposes/trust";
import { endEverything } from "#lib/sessions/end-everything";
import { endOtherSessions } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";
import { endTrustedDevice, listTrustedDevices, mayBeTrusted } from "#lib/sessions/trusted-device";
import { grantRole } from "#lib/staff/people";
import {
  type Account,
  bindNumber,
  codeOf,
  count,
  forgetLimits,
  forgetRecoveryCodes,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  together,
} from "#lib/testing/fixtures";
import { signInOn, stepUp, told } from "#lib/testing/signed-in";

// A trusted device skips the second factor at sign-in, and nothing else (TD-01, TD-02, TD-03, C01, C02, C03, C04).

process.env.TRUSTED_DEVICES = "on";

const DAY = 86_400;

/** Signs in by text and trusts the browser; its token. */
async function trust(account: Account): Promise<string> {
  const token = await passPassword(account);
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
  const trusted = await trustVerified(verified, requester);
  if (!trusted) throw new Error("not trusted");
  return trusted.token;
}

const enter = (account: Account, trustedToken: string | undefined, password = PASSWORD) =>
  signInOnDevice({ identifier: account.email, password }, { ...requester, trustedToken });

/** Signs in with the password alone; null where the second factor was asked for. */
async function skip(account: Account, trustedToken: string | undefined) {
  const entered = must(await enter(account, trustedToken));
  return "session" in entered ? entered : null;
}

const devicesOf = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM trusted_devices WHERE user_id = ${userId}::uuid`);
const sessionsOf = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM sessions WHERE user_id = ${userId}::uuid`);

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A trusted device", () => {
  it("signs in with the password alone at AAL 1, and has another token afterwards (TD-01)", async () => {
    const account = await makeAccount();
    const first = await trust(account);
    const entered = await skip(account, first);
    expect(entered?.session).toMatchObject({ aal: 1, amr: ["pwd", "trusted_device"], nextStep: null });
    expect(await readSession(entered?.sessionToken ?? "")).toMatchObject({ aal: 1 });
    expect(entered?.trusted.token).not.toBe(first);
    expect(await skip(account, entered?.trusted.token)).not.toBeNull();
    expect(await devicesOf(account)).toBe(1);
    const stored = await sql<{ hash: string }>`SELECT encode(token_hash, 'hex') AS hash FROM trusted_devices`;
    expect(JSON.stringify(stored)).not.toContain(Buffer.from(first, "base64url").toString("hex"));
  });

  it("opens nothing with a wrong password, and is not asked before the right one", async () => {
    const account = await makeAccount();
    const token = await trust(account);
    expect(await enter(account, token, "まちがい")).toMatchObject({ error: { code: "credentials_wrong" } });
    expect(await skip(account, token)).not.toBeNull();
  });

  it("of another account, a known device's token, and one that is made up are none (C01)", async () => {
    const [account, other] = [await makeAccount(), await makeAccount()];
    const token = await trust(other);
    const browser = await signInOn(account);
    for (const presented of [token, browser.from.deviceToken, browser.from.sessionToken, "A".repeat(43), "", undefined])
      expect(await skip(account, presented)).toBeNull();
    expect(await skip(other, token)).not.toBeNull();
  });

  it("whose token was copied ends with the copy's use, and its owner is told (C01)", async () => {
    const account = await makeAccount();
    const copied = await trust(account);
    const entered = await skip(account, copied);
    await setClock(60);
    await forgetLimits();
    expect(await skip(account, copied)).toBeNull();
    expect(await skip(account, entered?.trusted.token)).toBeNull();
    expect(await devicesOf(account)).toBe(0);
    expect(await told(account.userId, "notice.trusted_device_copied")).toBe(1);
  });

  it("lets one of twenty sign-ins at once skip the second factor, and a second click ends nothing", async () => {
    const account = await makeAccount();
    const token = await trust(account);
    const before = await sessionsOf(account);
    const entered = await together(20, () => skip(account, token));
    expect(entered.filter((one) => one !== null)).toHaveLength(1);
    expect((await sessionsOf(account)) - before).toBe(1);
    expect(await skip(account, entered.find((one) => one !== null)?.trusted.token)).not.toBeNull();
    expect(await told(account.userId, "notice.trusted_device_copied")).toBe(0);
  });

  it("ends thirty days after it was trusted, however often it was used (C02)", async () => {
    const account = await makeAccount();
    let token: string | undefined = await trust(account);
    await setClock(20 * DAY);
    token = (await skip(account, token))?.trusted.token;
    await setClock(30 * DAY - 5);
    token = (await skip(account, token))?.trusted.token;
    expect(token).toBeDefined();
    await setClock(30 * DAY + 2);
    expect(await skip(account, token)).toBeNull();
    expect(await listTrustedDevices(account.userId)).toEqual([]);
  });

  it("without its row is none, and the eleventh drops the one used longest ago (C02)", async () => {
    const account = await makeAccount();
    const tokens: string[] = [];
    for (let device = 0; device < 11; device += 1) {
      await forgetLimits();
      await setClock(device * 20);
      tokens.push(await trust(account));
    }
    expect(await devicesOf(account)).toBe(10);
    await forgetLimits();
    expect(await skip(account, tokens[0])).toBeNull();
    expect(await skip(account, tokens[1])).not.toBeNull();
    await sql`DELETE FROM trusted_devices WHERE user_id = ${account.userId}::uuid`;
    expect(await skip(account, tokens[2])).toBeNull();
  });

  it("is listed with this browser marked, and ended by its owner alone (TD-01)", async () => {
    const [account, other] = [await makeAccount(), await makeAccount()];
    const token = await trust(account);
    const [line] = await listTrustedDevices(account.userId, token);
    expect(line).toMatchObject({ current: true, userAgent: "test" });
    expect(await endTrustedDevice(other.userId, line?.id ?? "", requester)).toBe(false);
    expect(await endTrustedDevice(account.userId, "x", requester)).toBe(false);
    expect(await endTrustedDevice(account.userId, line?.id ?? "", requester)).toBe(true);
    expect(await skip(account, token)).toBeNull();
  });
});

/** Every event that ends the trust of an account's browsers (TD-02). */
const ends: Record<string, (account: Account) => Promise<unknown>> = {
  "a change of the password": async (account) => {
    const browser = await stepUp(await signInOn(account), "change_password");
    must(await changePassword(browser.acting, PASSWORD, browser.from));
  },
  "the removal of a phone": async (account) => {
    const { phoneId } = await bindNumber(account.userId);
    const token = await trust(account);
    const browser = await stepUp(await signInOn(account), "manage_factors");
    must(await removePhone(browser.acting, phoneId, browser.from));
    return token;
  },
  "another phone": (account) => bindNumber(account.userId),
  "a factor of a kind that comes later": ({ userId }) =>
    sql`INSERT INTO authenticators (user_id, kind, verified_at) VALUES (${userId}::uuid, 'later', app_now())`,
  "a factor that failures disabled": ({ phoneId }) => sql`UPDATE authenticators SET disabled_at = app_now() WHERE id = ${phoneId}::uuid`,
  "new recovery codes": async (account) => {
    const browser = await stepUp(await signInOn(account), "manage_factors");
    must(await replaceRecoveryCodes(browser.acting, browser.from));
  },
  "signing out everywhere else": async (account) => {
    const browser = await signInOn(account);
    await endOtherSessions(account.userId, browser.acting.sessionId, browser.from);
  },
  "an operator who ends the sessions": ({ email }) => endSessionsOf(email, "test"),
  "a restored backup": () => endEverything({ keepRecoveryCodes: true }),
};

describe("Every trusted device of an account ends with", () => {
  it.each(Object.entries(ends))("%s (C03)", async (_, end) => {
    const account = await makeAccount();
    const before = await trust(account);
    await forgetLimits();
    const later = await end(account);
    await forgetLimits();
    const presented = typeof later === "string" ? later : before;
    expect(await skip(account, presented)).toBeNull();
    expect(await listTrustedDevices(account.userId)).toEqual([]);
  });

  it("a sign-in by a recovery code, which cannot trust its browser either (C03)", async () => {
    const account = await makeAccount();
    await forgetRecoveryCodes(account.userId);
    await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
    const [code = ""] = must(await issuedRecoveryCodes(account.userId));
    must(await confirmRecoveryCodes(account.userId, { saved: true }, requester));
    const before = await trust(account);
    const verified = must(await verifyChallenge(await passPassword(account), { method: "recovery_code", code }, requester));
    expect(await trustVerified(verified, requester)).toBeNull();
    expect(await devicesOf(account)).toBe(0);
    expect(await skip(account, before)).toBeNull();
  });

  it("a suspension, also after the account was resumed", async () => {
    const account = await makeAccount();
    const token = await trust(account);
    await suspendAccount(account.email, "test");
    expect(await enter(account, token)).toMatchObject({ error: { code: "credentials_wrong" } });
    await sql`UPDATE users SET disabled_at = NULL WHERE id = ${account.userId}::uuid`;
    expect(await skip(account, token)).toBeNull();
  });

  it("the stop code of a notice", async () => {
    const account = await makeAccount();
    const token = await trust(account);
    const [code] = await sql<{ reference: string; sealed: string; id: string }>`
      SELECT id, reference, sealed FROM notice_codes WHERE user_id = ${account.userId}::uuid AND kind = 'stop' LIMIT 1`;
    const typed = unseal(code?.sealed ?? "", noticeCodePlace(code?.id ?? "", account.userId));
    must(await stopAccount({ reference: code?.reference ?? "", code: typed }, requester));
    expect(await skip(account, token)).toBeNull();
  });
});

describe("A session of a trusted device", () => {
  it("has stepped up for nothing, confirms nothing without a second factor, and ends with any factor (C04, TD-03)", async () => {
    const account = await makeAccount();
    const entered = await skip(account, await trust(account));
    const acting = { sessionId: entered?.session.sessionId ?? "", userId: account.userId, locale: "ja" };
    const from = { ...requester, sessionToken: entered?.sessionToken, trustedToken: entered?.trusted.token };
    expect(await changePhone(acting, account.phoneId, { name: "x" }, from)).toMatchObject({ error: { code: "step_up_required" } });
    const begun = must(await beginStepUp(acting, "manage_factors", null, from));
    expect(begun).toHaveProperty("opened.view.methods.0.method", "sms");
    const values = { act: "points_exchange", unit: "pt", amount: "1", payee: "店", reference: "1" };
    expect(must(await beginConfirmation(acting, values, null, from)).opened.view.methods.length).toBeGreaterThan(0);
    const { phoneId } = await bindNumber(account.userId);
    const browser = await stepUp(await signInOn(account), "manage_factors");
    must(await removePhone(browser.acting, phoneId, browser.from));
    expect(await readSession(from.sessionToken ?? "")).toBeNull();
  });

  it("trusts no browser itself, and no account with a role has one (C04)", async () => {
    const account = await makeAccount();
    const token = await trust(account);
    const entered = await skip(account, token);
    const again = { next: "done" as const, ...(entered as NonNullable<typeof entered>) };
    expect(await trustVerified(again, requester)).toBeNull();
    await sql`UPDATE users SET roles = '{support}' WHERE id = ${account.userId}::uuid`;
    expect(await skip(account, entered?.trusted.token)).toBeNull();
    expect(await listTrustedDevices(account.userId)).toEqual([]);
    const challenge = await passPassword(account);
    const [row] = await sql<{
      id: string;
    }>`SELECT id FROM challenges WHERE user_id = ${account.userId}::uuid ORDER BY created_at DESC LIMIT 1`;
    expect(await mayBeTrusted(row?.id ?? "")).toBe(false);
    const verified = must(await verifyChallenge(challenge, { code: await codeOf(challenge) }, requester));
    expect(await trustVerified(verified, requester)).toBeNull();
  });

  it("ends with the grant of a role, and the trusted browsers of its account with it (C04)", async () => {
    const account = await makeAccount();
    const entered = await skip(account, await trust(account));
    expect(await readSession(entered?.sessionToken ?? "")).toMatchObject({ aal: 1 });
    expect(await transaction((tx) => grantRole(tx, account.userId, "support", "test"))).toBe(true);
    expect(await readSession(entered?.sessionToken ?? "")).toBeNull();
    expect(await devicesOf(account)).toBe(0);
    await sql`UPDATE users SET roles = '{}' WHERE id = ${account.userId}::uuid`;
    expect(await skip(account, entered?.trusted.token)).toBeNull();
  });

  it("is not opened for an account whose recovery codes are not saved", async () => {
    const account = await makeAccount();
    const token = await trust(account);
    await sql`DELETE FROM authenticators WHERE user_id = ${account.userId}::uuid AND kind = 'recovery_codes'`;
    expect(await skip(account, token)).toBeNull();
  });

  it("of a password that was changed while it was judged is not opened (B16)", async () => {
    const account = await makeAccount();
    const token = await trust(account);
    const entering = enter(account, token);
    await sql`UPDATE users SET epoch = epoch + 1 WHERE id = ${account.userId}::uuid`;
    const entered = must(await entering);
    expect("session" in entered).toBe(false);
  });
});
