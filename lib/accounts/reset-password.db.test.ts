import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginEmailChange } from "#lib/accounts/change-email";
import { awaitsPassword, beginReset, setNewPassword } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import type { ChallengeView } from "#lib/challenges/challenge";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { endMessage } from "#lib/delivery/messages/record";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { sendMessage } from "#lib/purposes/messages";
import {
  type Account,
  addRecoveryCode,
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
import { signInOn, stepUp } from "#lib/testing/signed-in";

const NEW = "夕顔 ひそかに 咲く";

const begin = async (identifier: string) => must(await beginReset({ identifier, locale: "ja" }, requester));
const mailedCode = async ({ userId }: Account): Promise<string> => {
  const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${userId}::uuid`;
  if (!row) throw new Error("this account has no reset code");
  return unseal(row.sealed, resetCodePlace(userId));
};
/** The token of a verified step. */
const stepped = async (token: string, code: string, next: string): Promise<string> => {
  const verified = must(await verifyChallenge(token, { code }, requester));
  if (!("challengeToken" in verified) || verified.next !== next) throw new Error(`led to ${verified.next}`);
  return verified.challengeToken;
};
/** A reset whose mailed code and text were proven. */
const proven = async (account: Account): Promise<string> => {
  const { token } = await begin(account.email);
  const second = await stepped(token, await mailedCode(account), "verify");
  return stepped(second, await codeOf(second), "set_password");
};
const mailsTo = ({ userId }: Account) =>
  count(
    sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND template = 'code.RESET_PASSWORD' AND channel = 'EMAIL' AND status = 'queued'`,
  );
const wrongCode = (code: string) => `${code.slice(0, 9)}${code.endsWith("0") ? "1" : "0"}`;

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A forgotten password", () => {
  it("is set after the mailed code and a second factor, signs nobody in, and ends every session and challenge (RS-01, RS-02)", async () => {
    const account = await makeAccount();
    const old = await passPassword(account);
    signedIn(must(await verifyChallenge(old, { code: await codeOf(old) }, requester)));
    const left = await passPassword(account);
    const token = await proven(account);
    expect(await awaitsPassword(token)).toBe(true);
    expect(must(await setNewPassword(token, { password: NEW }, requester))).toBeNull();
    const rows =
      await sql`SELECT 1 FROM sessions WHERE user_id = ${account.userId}::uuid UNION ALL SELECT 1 FROM known_devices WHERE user_id = ${account.userId}::uuid`;
    expect(rows).toEqual([]);
    expect(await verifyChallenge(left, { code: await codeOf(left) }, requester)).toMatchObject({ ok: false });
    expect(await signIn({ identifier: account.email, password: PASSWORD }, requester)).toMatchObject({
      error: { code: "credentials_wrong" },
    });
    expect(must(await signIn({ identifier: account.email, password: NEW }, requester)).view.methods[0]?.method).toBe("sms");
  });

  it("answers a known address, its number, an unknown one and nonsense alike, also after five wrong codes and beyond three mails (EN-01, F16)", async () => {
    const account = await makeAccount();
    const views = [];
    for (const identifier of [account.email, "nobody@example.jp"]) {
      for (let round = 0; round < 5; round += 1) await begin(identifier);
      const opened = await begin(identifier);
      for (let guess = 0; guess < 5; guess += 1)
        expect(await verifyChallenge(opened.token, { code: "0123456789" }, requester)).toMatchObject({
          error: { code: "code_wrong", attemptsLeft: 4 - guess },
        });
      const read = await readChallenge(opened.token);
      const text = JSON.stringify({ state: read?.state, view: read?.view, whose: read?.whose, page: read?.page });
      views.push(text.replaceAll(identifier, "WHOM").replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "WHEN"));
    }
    expect(views[0]).toEqual(views[1]);
    expect(await mailsTo(account)).toBe(3);
    const byNumber = await begin(account.e164);
    expect(byNumber.view.delivery).toMatchObject({ method: "email", hint: `••${account.e164.slice(-2)}`, status: "sent" });
    expect(byNumber.view).toMatchObject({ purpose: "RESET_PASSWORD", codeLength: 10, step: 1 });
    expect((await begin("nonsense")).view).toMatchObject({ purpose: "RESET_PASSWORD", codeLength: 10, step: 1 });
  });

  it("tells no more of a known address than of an unknown one once its mail has been sent, could not be delivered, or was for nobody (EN-01)", async () => {
    const account = await makeAccount();
    const left = [];
    for (const [identifier, refused] of [
      [account.email, false],
      [account.email, true],
      ["nobody@example.jp", false],
    ] as const) {
      const { token, challengeId } = await begin(identifier);
      const [message] = await sql<{ id: string }>`SELECT id FROM messages WHERE challenge_id = ${challengeId}::uuid`;
      if (refused) await endMessage(message?.id ?? "", "invalid_number");
      else await sendMessage(message?.id ?? "");
      left.push((await readChallenge(token))?.view.sendsLeft);
    }
    expect(left).toEqual([4, 4, 4]);
  });

  it.each(["delivered", "refused", "stopped"] as const)(
    "may be asked again for a known address as for an unknown one, after none to six requests, where mails are %s (EN-01)",
    async (mails) => {
      const account = await makeAccount();
      const views: string[] = [];
      const work = async (challengeId: string) => {
        const queued = await sql<{ id: string }>`SELECT id FROM messages WHERE challenge_id = ${challengeId}::uuid AND status = 'queued'`;
        for (const { id } of queued)
          if (mails === "refused") await endMessage(id, "invalid_number");
          else await sendMessage(id);
      };
      for (const identifier of [account.email, "nobody@example.jp"]) {
        await setClock(0);
        await forgetLimits();
        const seen: unknown[] = [];
        const note = (view: ChallengeView | undefined) => {
          const ago = (at: string | undefined) => at && Math.round((Date.parse(at) - Date.parse(view?.serverTime ?? "")) / 1000);
          const { delivery, resendAt, sendsLeft } = view ?? {};
          seen.push({ sendsLeft, status: delivery?.status, until: delivery?.until, at: ago(delivery?.at), again: ago(resendAt?.email) });
        };
        const { token, challengeId, view } = await begin(identifier);
        note(view);
        for (let ask = 1; ask <= 6; ask += 1) {
          if (mails === "stopped") await sql`INSERT INTO sending_stops (channel) VALUES ('EMAIL')`;
          await work(challengeId);
          note((await readChallenge(token))?.view);
          await sql`DELETE FROM sending_stops`;
          const early = await sendCode(token, { method: "email" }, requester);
          await setClock(ask * 125);
          const sent = await sendCode(token, { method: "email" }, requester);
          seen.push(early.ok || early.error.code, sent.ok ? "sent" : sent.error.code);
          note((await readChallenge(token))?.view);
        }
        views.push(JSON.stringify(seen));
      }
      expect(views[0]).toBe(views[1]);
      expect(views[0]).toContain('"again":30');
    },
  );

  it("is set also when the last of five attempts was the right one (E07)", async () => {
    const account = await makeAccount();
    const { token } = await begin(account.email);
    const code = await mailedCode(account);
    for (let guess = 0; guess < 3; guess += 1) await verifyChallenge(token, { code: wrongCode(code) }, requester);
    const second = await stepped(token, code, "verify");
    const last = await stepped(second, await codeOf(second), "set_password");
    expect(await awaitsPassword(last)).toBe(true);
    expect(must(await setNewPassword(last, { password: NEW }, requester))).toBeNull();
  });

  it("takes no code that was mailed to the address before", async () => {
    const account = await makeAccount();
    const { token } = await begin(account.email);
    const code = await mailedCode(account);
    const browser = await stepUp(await signInOn(account), "change_email");
    const change = must(await beginEmailChange(browser.acting, { email: `new-${account.email}` }, browser.from));
    must(await verifyChallenge(change.token, { code: await codeOf(change.token) }, browser.from));
    expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ error: { code: "code_wrong" } });
  });

  it("gets a mail with its new code, also where mails of the code before have filled the hour", async () => {
    const account = await makeAccount();
    for (let stranger = 0; stranger < 4; stranger += 1) await begin(account.email);
    const { token } = await begin(account.email);
    await stepped(token, await mailedCode(account), "verify");
    expect(await mailsTo(account)).toBe(3);
    await begin(account.email);
    expect(await mailsTo(account)).toBe(4);
    await begin(account.email);
    expect(await mailsTo(account)).toBe(4);
  });

  it("has one live code in every open reset of the account, and strangers void, exhaust and lock nothing (RESET_CODE, RS-04, E19)", async () => {
    const account = await makeAccount();
    const mine = await begin(account.email);
    const code = await mailedCode(account);
    for (let stranger = 0; stranger < 3; stranger += 1) {
      const { token } = await begin(account.email);
      for (let guess = 0; guess < 5; guess += 1) await verifyChallenge(token, { code: wrongCode(code) }, requester);
      expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ error: { code: "too_many_attempts" } });
    }
    expect(await mailedCode(account)).toBe(code);
    const [row] = await sql`SELECT factor_failures, locked_until FROM users WHERE id = ${account.userId}::uuid`;
    expect(row).toEqual({ factorFailures: 0, lockedUntil: null });
    await stepped(mine.token, code, "verify");
  });

  it("is proven by one of fifty right codes, and set by one of fifty new passwords (E07)", async () => {
    const account = await makeAccount();
    const opened = await Promise.all(Array.from({ length: 10 }, () => begin(account.email)));
    const code = await mailedCode(account);
    const answers = await Promise.all(opened.map(({ token }) => verifyChallenge(token, { code }, requester)));
    const [won, ...more] = answers.filter(({ ok }) => ok);
    expect([won?.ok, more.length]).toEqual([true, 0]);
    const second = won?.ok && "challengeToken" in won.value ? won.value.challengeToken : "";
    const third = await stepped(second, await codeOf(second), "set_password");
    const set = await together(50, (index) => setNewPassword(third, { password: index % 2 === 0 ? NEW : `${NEW}！` }, requester));
    expect(set.filter(({ ok }) => ok).length).toBe(1);
    expect(
      await count(
        sql<{
          n: number;
        }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${account.userId}::uuid AND template = 'notice.password_reset' AND channel = 'EMAIL'`,
      ),
    ).toBe(1);
  });

  it("takes no texted code in place of the mailed one, no mailed one in place of the factor, and no step twice (OTP-08, E12)", async () => {
    const account = await makeAccount();
    await addRecoveryCode(account.userId);
    const { token } = await begin(account.email);
    const code = await mailedCode(account);
    for (const method of ["sms", "recovery_code", undefined] as const)
      expect(await verifyChallenge(token, { code: "123456", ...(method ? { method } : {}) }, requester)).toMatchObject({ ok: false });
    expect((await readChallenge(token))?.view.attemptsLeft).toBe(5);
    const second = await stepped(token, code, "verify");
    expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ error: { code: "challenge_missing" } });
    expect(await verifyChallenge(second, { code, method: "email" }, requester)).toMatchObject({ ok: false });
    expect(await setNewPassword(second, { password: NEW }, requester)).toMatchObject({ error: { code: "challenge_missing" } });
    const text = await codeOf(second);
    expect(await verifyChallenge(second, { code: otherThan(text) }, requester)).toMatchObject({
      error: { code: "code_wrong", attemptsLeft: 3 },
    });
    const third = await stepped(second, text, "set_password");
    expect(await verifyChallenge(third, { code: text }, requester)).toMatchObject({ ok: false });
    expect(await setNewPassword(token, { password: NEW }, requester)).toMatchObject({ error: { code: "challenge_missing" } });
  });

  it("waits for a factor by every way that the account has, and by none while all are disabled", async () => {
    const account = await makeAccount();
    await bindNumber(account.userId);
    const { token } = await begin(account.email);
    const second = await stepped(token, await mailedCode(account), "verify");
    expect((await readChallenge(second))?.view.methods.map(({ method }) => method)).toEqual(["sms", "voice", "sms", "voice"]);
    expect(must(await sendCode(second, { method: "voice" }, requester)).delivery?.method).toBe("voice");
    await sql`UPDATE authenticators SET disabled_at = app_now() WHERE user_id = ${account.userId}::uuid`;
    expect((await readChallenge(second))?.view.methods).toEqual([]);
    expect(await setNewPassword(second, { password: NEW }, requester)).toMatchObject({ ok: false });
  });

  it("needs the mail alone for an account that was left at its phone", async () => {
    const account = await makeAccount({ phone: false });
    const { token } = await begin(account.email);
    const last = await stepped(token, await mailedCode(account), "set_password");
    expect(must(await setNewPassword(last, { password: NEW }, requester))).toBeNull();
  });

  it("lives for thirty minutes over all its steps, its code for an hour, and dies with the account's earlier challenges", async () => {
    const account = await makeAccount();
    const { token } = await begin(account.email);
    const code = await mailedCode(account);
    await setClock(1_805);
    expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ error: { code: "challenge_expired" } });
    const later = await begin(account.email);
    expect(await mailedCode(account)).toBe(code);
    await setClock(3_600);
    expect(await verifyChallenge(later.token, { code }, requester)).toMatchObject({ error: { code: "code_wrong" } });
    const token2 = await proven(account);
    await sql`UPDATE users SET epoch = epoch + 1 WHERE id = ${account.userId}::uuid`;
    expect(await setNewPassword(token2, { password: NEW }, requester)).toMatchObject({ ok: false });
  });

  it("is refused by the rules of every password, and keeps the reset open", async () => {
    const account = await makeAccount();
    const token = await proven(account);
    expect(await setNewPassword(token, { password: "short" }, requester)).toMatchObject({
      error: { code: "invalid_input", fields: { password: "password_too_short" } },
    });
    expect(must(await setNewPassword(token, { password: NEW }, requester))).toBeNull();
  });
});
