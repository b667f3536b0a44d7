import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import type { ChallengeView } from "#lib/challenges/challenge";
import { nextWays } from "#lib/challenges/next-way";
import { sql } from "#lib/db/sql";
import { isMailStopped, type StopScope, startSending, stoppedWays, stopSending } from "#lib/delivery/stops";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { sendMessage } from "#lib/purposes/messages";
import {
  addRecoveryCode,
  bindNumber,
  codeOf,
  count,
  freshNumber,
  makeAccount,
  must,
  otherThan,
  PASSWORD,
  passPassword,
  requester,
} from "#lib/testing/fixtures";

// While sending is stopped an open challenge offers the methods that still work, names the stopped ones, and keeps a delivered code valid (J08).

const scope = (channel: StopScope["channel"], more: Partial<StopScope> = {}): StopScope => ({
  channel,
  country: null,
  provider: null,
  ...more,
});
const off = async (...scopes: StopScope[]) => {
  for (const one of scopes) must(await stopSending(one, "cli:test"));
};
const on = async (...scopes: StopScope[]) => {
  for (const one of scopes) must(await startSending(one, "cli:test"));
};
const [TEXTS, CALLS, MAIL] = [scope("SMS"), scope("VOICE"), scope("EMAIL")];

const viewOf = async (token: string): Promise<ChallengeView> => {
  const read = await readChallenge(token);
  if (!read) throw new Error("no challenge");
  return read.view;
};
const methodsOf = ({ methods }: ChallengeView) => methods.map(({ method }) => method);
const stoppedOf = ({ stopped = [] }: ChallengeView) => stopped.map(({ method }) => method);
const withCodes = async () => {
  const account = await makeAccount();
  await addRecoveryCode(account.userId);
  return account;
};
const counted = (userId: string) => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM limit_hits WHERE owner = ${userId}::uuid`);

beforeEach(() => sql`DELETE FROM limit_hits`);
afterEach(() => sql`DELETE FROM sending_stops`);

describe("An open challenge", () => {
  it("offers no text from the moment texts are stopped, says so, and accepts the code that arrived before", async () => {
    const account = await withCodes();
    const token = await passPassword(account);
    await sendMessage((await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${account.userId}::uuid`)[0]?.id ?? "");
    expect(methodsOf(await viewOf(token))).toEqual(["sms", "voice", "recovery_code"]);
    expect((await viewOf(token)).stopped).toBeUndefined();
    await off(TEXTS);
    const view = await viewOf(token);
    expect([methodsOf(view), stoppedOf(view), view.delivery?.status]).toEqual([["voice", "recovery_code"], ["sms"], "delivered"]);
    expect(view.delivery?.hint).toBe(`••${account.e164.slice(-2)}`);
    expect(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)).next).toBe("done");
  });

  it("refuses to send what is stopped, counts nothing for it, and sends by the way that is left", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    await off(TEXTS);
    const before = await counted(account.userId);
    expect(await sendCode(token, { method: "sms" }, requester)).toEqual({
      ok: false,
      error: { code: "sending_stopped", reason: "sending_stopped", retryAfter: 60 },
    });
    expect([await counted(account.userId), (await viewOf(token)).sendsLeft]).toEqual([before, 4]);
    expect(must(await sendCode(token, { method: "voice" }, requester)).delivery?.method).toBe("voice");
  });

  it("counts a wrong code of a stopped way like any other, and calls what is no code no code", async () => {
    const token = await passPassword(await makeAccount());
    const code = await codeOf(token);
    await off(TEXTS, CALLS);
    expect(await verifyChallenge(token, { method: "sms", code: otherThan(code) }, requester)).toMatchObject({
      error: { code: "code_wrong", attemptsLeft: 4 },
    });
    expect(await verifyChallenge(token, { method: "sms", code: "12" }, requester)).toMatchObject({ error: { code: "invalid_input" } });
  });

  it("puts the recovery code first when every phone way is stopped, and the same way again once it is started", async () => {
    const account = await withCodes();
    await off(TEXTS, CALLS);
    const token = await passPassword(account);
    const view = await viewOf(token);
    expect(nextWays(view, Date.parse(view.serverTime))).toEqual({ first: { method: "recovery_code" }, rest: [] });
    await on(TEXTS, CALLS);
    const again = await viewOf(token);
    expect(nextWays(again, Date.parse(again.serverTime)).first?.method).toBe("sms");
  });

  it("of a landline offers no call while calls are stopped", async () => {
    const account = await makeAccount();
    await sql`UPDATE phones SET voice_only = true, channel = 'VOICE' WHERE id = ${account.phoneId}::uuid`;
    await off(CALLS);
    const view = await viewOf(await passPassword(account));
    expect([methodsOf(view), stoppedOf(view), view.delivery?.reason]).toEqual([[], ["voice"], "sending_stopped"]);
  });

  it("judges each phone by its own country, and an account's stop by what other accounts carry", async () => {
    const account = await makeAccount();
    const { phoneId } = await bindNumber(account.userId);
    await sql`UPDATE phones SET country = 'US' WHERE id = ${phoneId}::uuid`;
    const token = await passPassword(account);
    await off(scope("SMS", { country: "US" }));
    const view = await viewOf(token);
    expect(view.stopped?.map((one) => [one.method, one.phoneId])).toEqual([["sms", phoneId]]);
    await off(scope("SMS", { provider: "demo" }));
    expect(await stoppedWays(["JP"])).toEqual([]);
    await off(scope("SMS", { provider: "demo-2", country: "JP" }));
    expect([await stoppedWays(["JP"]), await stoppedWays(["JP", "KR"])]).toEqual([["sms"], []]);
  });
});

describe("A sign-in while texts are stopped", () => {
  it("opens its challenge for the right password, sends nothing, spends no limit, and has not gone another way unasked", async () => {
    const account = await makeAccount();
    await off(TEXTS);
    for (let round = 0; round < 8; round += 1) {
      const { view } = must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
      expect(view.delivery).toMatchObject({ method: "sms", status: "failed", reason: "sending_stopped" });
      expect([methodsOf(view), stoppedOf(view), view.sendsLeft]).toEqual([["voice"], ["sms"], 5]);
    }
    expect(await counted(account.userId)).toBe(0);
    expect(await sql`SELECT 1 FROM messages WHERE user_id = ${account.userId}::uuid AND status <> 'failed'`).toEqual([]);
    const opened = must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
    expect(await viewOf(opened.token)).toMatchObject({ stopped: opened.view.stopped, methods: opened.view.methods });
  });
});

describe("A sign-up", () => {
  it("is refused before its password is taken while mail is stopped, known address or not", async () => {
    const { email } = await makeAccount();
    await off(MAIL);
    expect(await isMailStopped()).toBe(true);
    for (const address of [email, "new@example.jp"])
      expect(await signUp({ email: address, password: "きょうの 天気は 晴れ", locale: "ja" }, requester)).toMatchObject({
        error: { code: "sending_stopped" },
      });
    expect(await sql`SELECT 1 FROM challenges WHERE email IN (${email}, 'new@example.jp')`).toEqual([]);
  });

  it("that was left in the middle comes back with the right password, is told that mail is stopped, and goes on once it is not", async () => {
    const account = await makeAccount({ phone: false });
    await off(MAIL);
    const { token, view } = must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
    expect([view.purpose, methodsOf(view), stoppedOf(view), view.delivery?.reason]).toEqual(["SIGN_UP", [], ["email"], "sending_stopped"]);
    expect(await viewOf(token)).toMatchObject({ stopped: view.stopped, methods: [] });
    await on(MAIL);
    await sql`UPDATE messages SET created_at = created_at - interval '1 minute' WHERE user_id = ${account.userId}::uuid`;
    must(await sendCode(token, { method: "email" }, requester));
    expect(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)).next).toBe("bind_phone");
  });

  it("takes no number for a stopped way and leaves nothing of it; the other way goes on", async () => {
    const account = await makeAccount({ phone: false });
    const proving = must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).token;
    const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, requester));
    const token = proven.next === "bind_phone" ? proven.challengeToken : "";
    await off(scope("SMS", { country: "JP" }));
    const number = freshNumber();
    expect(await bindPhone(token, { number, channel: "sms", acceptRisk: true }, requester)).toMatchObject({
      error: { code: "sending_stopped" },
    });
    expect(await sql`SELECT 1 FROM account_phones WHERE user_id = ${account.userId}::uuid`).toEqual([]);
    must(await bindPhone(token, { number, channel: "voice", acceptRisk: true }, requester));
  });
});
