import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { takeSendLimits } from "#lib/authenticators/phones/send-limits";
import { sql, transaction } from "#lib/db/sql";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  addRecoveryCode,
  bindNumber,
  codeOf,
  forgetLimits,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
} from "#lib/testing/fixtures";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

afterEach(() => setClock(0));

describe("Sign-in", () => {
  it("shows of the challenge it opens what is stored, for a second factor, a sign-up that was left, and a new address", async () => {
    await forgetLimits();
    const [bound, left] = [await makeAccount(), await makeAccount({ phone: false })];
    await bindNumber(bound.userId);
    await addRecoveryCode(bound.userId);
    const opened = [
      must(await signIn({ identifier: bound.email, password: PASSWORD }, requester)),
      must(await signIn({ identifier: left.email, password: PASSWORD }, requester)),
      must(await signUp({ email: `${randomUUID()}@example.jp`, password: PASSWORD, locale: "ja" }, requester)),
    ];
    for (const { token, view } of opened) expect((await readChallenge(token))?.view).toEqual({ ...view, serverTime: expect.any(String) });
    expect(opened.map(({ view }) => view.methods.length)).toEqual([5, 1, 1]);
  });

  it("and a resend of the challenge it replaces never wait for each other in a circle", async () => {
    const account = await makeAccount();
    await forgetLimits();
    const token = await passPassword(account);
    // This transaction holds the row lock until both requests wait for it, the resend first.
    const both = await transaction(async (tx) => {
      await tx`SELECT 1 FROM challenges WHERE user_id = ${account.userId}::uuid FOR UPDATE`;
      const resend = sendCode(token, { method: "voice" }, requester);
      await pause(300);
      const again = signIn({ identifier: account.email, password: PASSWORD }, requester);
      await pause(1000);
      return [resend, again].map((one) => one.then((result) => result.ok).catch(String));
    });
    expect(await Promise.all(both)).toEqual([true, true]);
  });

  it("texts and offers no call where no account may call", async () => {
    const account = await makeAccount();
    await sql`UPDATE phones SET channel = 'VOICE' WHERE id = ${account.phoneId}::uuid`;
    const offered = async () => must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).view;
    expect((await offered()).delivery?.method).toBe("voice");
    await sql`UPDATE provider_routes SET channel = 'VOICE', country = 'US' WHERE channel = 'VOICE'`;
    try {
      await forgetLimits();
      const view = await offered();
      expect([view.delivery?.method, ...view.methods.map(({ method }) => method)]).toEqual(["sms", "sms"]);
      const bound = async (number: string, channel: "sms" | "voice") => {
        const sign = must(await signUp({ email: `${randomUUID()}@example.jp`, password: PASSWORD, locale: "ja" }, requester));
        const next = must(await verifyChallenge(sign.token, { code: await codeOf(sign.token) }, requester));
        return "challengeToken" in next && (await bindPhone(next.challengeToken, { number, channel, acceptRisk: true }, requester));
      };
      for (const [number, channel] of [
        ["0312345678", "sms"],
        ["0312345678", "voice"],
        [account.e164, "voice"],
      ] as const)
        expect(await bound(number, channel)).toMatchObject({ error: { code: "number_not_accepted", reason: "no_calls" } });
    } finally {
      await sql`UPDATE provider_routes SET country = '*' WHERE channel = 'VOICE'`;
    }
  });

  it("is not kept out by strangers who had texts sent to the number or to its neighbours (RL-06, F06)", async () => {
    const [owner, stranger] = [await makeAccount(), await makeAccount()];
    await forgetLimits();
    const target = { channel: "SMS", authenticatorId: owner.phoneId, to: owner.e164, country: "JP", proven: false } as const;
    const ask = (e164: string, ip: string) =>
      transaction((tx) => takeSendLimits(tx, { ...target, to: e164 }, { userId: stranger.userId, ip, deviceId: null }));
    const strangers = () => ask(owner.e164, "198.51.100.7");
    for (let text = 0; text < 5; text += 1) expect(await strangers()).toBeNull();
    expect(await strangers()).toMatchObject({ reason: "throttled", policy: "sends_per_phone" });
    const neighbour = `${owner.e164.slice(0, -1)}${(Number(owner.e164.at(-1)) + 1) % 10}`;
    for (let text = 0; text < 5; text += 1) expect(await ask(neighbour, "198.51.100.8")).toBeNull();
    expect(must(await signIn({ identifier: owner.email, password: PASSWORD }, requester)).view.delivery?.status).toBe("queued");
    // The owner's sign-in refunds no send of the other account.
    expect(await strangers()).not.toBeNull();
  });

  it("sends an account five unproven texts in an hour and no more, opens its challenge all the same, and says until when", async () => {
    const account = await makeAccount();
    await forgetLimits();
    const open = async () => must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).view;
    for (let text = 0; text < 5; text += 1) expect((await open()).delivery?.status).toBe("queued");
    const { delivery, resendAt, sendsLeft } = await open();
    expect(delivery).toMatchObject({ method: "sms", status: "failed", reason: "throttled", until: resendAt.sms });
    expect(sendsLeft).toBe(5);
    await setClock(3601);
    expect((await open()).delivery?.status).toBe("queued");
  });
});
