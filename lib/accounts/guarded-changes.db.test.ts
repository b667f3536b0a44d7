import { beforeEach, describe, expect, it } from "vitest";
import { beginEmailChange, removeRecoveryAddress } from "#lib/accounts/change-email";
import { changePassword } from "#lib/accounts/change-password";
import { beginPasskey, confirmPasskey, removePasskey } from "#lib/accounts/passkeys";
import { addPhone, removePhone } from "#lib/accounts/phones";
import { awaitsPassword, beginReset, setNewPassword } from "#lib/accounts/reset-password";
import { beginTotp, confirmTotp, removeTotp } from "#lib/accounts/totp";
import { replaceRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { codeAt } from "#lib/authenticators/totp/seed";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { verifyChallenge } from "#lib/purposes/challenges";
import type { Changed } from "#lib/sessions/guarded-change";
import { readSession } from "#lib/sessions/read-session";
import type { StepUpAction } from "#lib/sessions/step-up";
import { bindApp, presentStep } from "#lib/testing/factors";
import {
  type Account,
  bindFactor,
  bindNumber,
  codeOf,
  forgetLimits,
  freshNumber,
  makeAccount,
  must,
  passPassword,
  requester,
} from "#lib/testing/fixtures";
import { type Browser, signInOn, stepUp } from "#lib/testing/signed-in";
import { softwarePasskey } from "#lib/testing/software-passkey";

// Whatever changes what proves an account gives the session that does it a new token, and ends the sign-ins and resets that were begun before (SE-03).

const NEW = "夕顔 ひそかに 咲く";

const tokenOf = ({ opened }: Changed<unknown>) => opened.token;
/** Proves what a session was asked, and returns its new token. */
async function prove(token: string, { from }: Browser): Promise<string> {
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, from));
  if (verified.next !== "done") throw new Error(`led to ${verified.next}`);
  return verified.sessionToken;
}
const phone = () => ({ number: freshNumber(), channel: "sms" as const, acceptRisk: true });
const address = () => `${crypto.randomUUID()}@example.jp`;

/** Every change of what proves an account, with the class that opens it; each returns the token of its session after it. */
const changes: Record<string, [StepUpAction, (browser: Browser, account: Account) => Promise<string>]> = {
  "a new password": ["change_password", async ({ acting, from }) => tokenOf(must(await changePassword(acting, NEW, from)))],
  "another address": [
    "change_email",
    async (browser) => prove(must(await beginEmailChange(browser.acting, { email: address() }, browser.from)).token, browser),
  ],
  "a second address": [
    "change_email",
    async (browser) =>
      prove(must(await beginEmailChange(browser.acting, { email: address(), as: "recovery" }, browser.from)).token, browser),
  ],
  "a second address that goes": ["change_email", async ({ acting, from }) => tokenOf(must(await removeRecoveryAddress(acting, from)))],
  "one more phone": [
    "manage_factors",
    async (browser) => prove(must(await addPhone(browser.acting, phone(), browser.from)).token, browser),
  ],
  "another phone": [
    "manage_factors",
    async (browser, { phoneId }) =>
      prove(must(await addPhone(browser.acting, { ...phone(), replaces: phoneId }, browser.from)).token, browser),
  ],
  "a phone that goes": [
    "manage_factors",
    async ({ acting, from }, { userId, phoneId }) => {
      await bindNumber(userId);
      return tokenOf(must(await removePhone(acting, phoneId, from)));
    },
  ],
  "an app": [
    "manage_factors",
    async ({ acting, from }) => {
      const { secret } = must(await beginTotp(acting));
      return tokenOf(must(await confirmTotp(acting, codeAt(secret, await presentStep()), from)));
    },
  ],
  "an app that goes": [
    "manage_factors",
    async ({ acting, from }, account) => {
      await bindApp(account);
      return tokenOf(must(await removeTotp(acting, from)));
    },
  ],
  "a passkey": [
    "manage_factors",
    async ({ acting, from }) => {
      const key = softwarePasskey({ origin: env().publicOrigin, rpId: "localhost", backup: true });
      return tokenOf(must(await confirmPasskey(acting, { attestation: key.create(must(await beginPasskey(acting))) }, from)));
    },
  ],
  "a passkey that goes": [
    "manage_factors",
    async ({ acting, from }, { userId }) => tokenOf(must(await removePasskey(acting, await bindFactor(userId, "passkey"), from))),
  ],
  "new recovery codes": ["manage_factors", async ({ acting, from }) => tokenOf(must(await replaceRecoveryCodes(acting, from)))],
};

/** A reset whose mailed code was proven; it waits for its second factor, or with `proven` for the new password. */
async function resetting({ userId, email }: Account, { proven = false } = {}): Promise<string> {
  const { token } = must(await beginReset({ identifier: email, locale: "ja" }, requester));
  const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${userId}::uuid`;
  const second = must(await verifyChallenge(token, { code: unseal(row?.sealed ?? "", resetCodePlace(userId)) }, requester));
  const waiting = "challengeToken" in second ? second.challengeToken : "";
  if (!proven) return waiting;
  const third = must(await verifyChallenge(waiting, { code: await codeOf(waiting) }, requester));
  return "challengeToken" in third ? third.challengeToken : "";
}

beforeEach(forgetLimits);

describe.each(Object.entries(changes))("With %s", (_, [action, make]) => {
  const ready = async () => {
    const account = await makeAccount();
    return { account, browser: await stepUp(await signInOn(account), action) };
  };

  it("the session has a new token, and the old one is dead (SE-03)", async () => {
    const { account, browser } = await ready();
    const token = await make(browser, account);
    expect(await readSession(browser.from.sessionToken)).toBeNull();
    expect(await readSession(token)).toMatchObject({ sessionId: browser.acting.sessionId });
  });

  it("a reset ends that waits for its second factor, and a sign-in that waits for its code", async () => {
    const { account, browser } = await ready();
    const signingIn = await passPassword(account);
    const reset = await resetting(account);
    const [textToReset, textToSignIn] = [await codeOf(reset), await codeOf(signingIn)];
    await make(browser, account);
    expect(await verifyChallenge(reset, { code: textToReset }, requester)).toMatchObject({ ok: false });
    expect(await verifyChallenge(signingIn, { code: textToSignIn }, requester)).toMatchObject({ ok: false });
  });

  it("a reset ends that waits for the new password", async () => {
    const { account, browser } = await ready();
    const reset = await resetting(account, { proven: true });
    expect(await awaitsPassword(reset)).toBe(true);
    await make(browser, account);
    expect(await awaitsPassword(reset)).toBe(false);
    expect(await setNewPassword(reset, { password: `${NEW} また` }, requester)).toMatchObject({ ok: false });
  });
});

describe("A change that is refused", () => {
  it("ends nothing and leaves the token, also where the browser does not present its session", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "manage_factors");
    const reset = await resetting(account, { proven: true });
    expect(await removePhone(browser.acting, account.phoneId, browser.from)).toMatchObject({ error: { code: "last_factor" } });
    await bindNumber(account.userId);
    expect(await removePhone(browser.acting, account.phoneId, requester)).toMatchObject({ error: { code: "unauthenticated" } });
    expect(await readSession(browser.from.sessionToken)).not.toBeNull();
    expect(await awaitsPassword(reset)).toBe(true);
  });
});
