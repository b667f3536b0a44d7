import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { nextWays } from "#lib/challenges/next-way";
import { takeSendLimits } from "#lib/challenges/queue-code";
import { readChallenge } from "#lib/challenges/read";
import { sendCode } from "#lib/challenges/send";
import { verifyChallenge } from "#lib/challenges/verify";
import { keyedHash } from "#lib/crypto/hash";
import { sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { budgetPolicies } from "#lib/limits/policy";
import { bindPhone } from "#lib/phones/bind-phone";
import { bindNumber, codeOf, from, makeAccount, must, PASSWORD, passPassword, setClock } from "#lib/testing/fixtures";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

afterEach(() => setClock(0));

describe("sign-in", () => {
  it("shows of the challenge it opens what is stored, for a second factor, a sign-up that was left, and a new address", async () => {
    await sql`DELETE FROM limit_hits`;
    const [bound, left] = [await makeAccount(), await makeAccount({ phone: false })];
    await bindNumber(bound.userId);
    await sql`INSERT INTO recovery_codes (user_id, selector, hash) VALUES (${bound.userId}::uuid, 'x', 'x')`;
    const opened = [
      must(await signIn({ identifier: bound.email, password: PASSWORD }, from)),
      must(await signIn({ identifier: left.email, password: PASSWORD }, from)),
      must(await signUp({ email: `${randomUUID()}@example.jp`, password: PASSWORD, locale: "ja" }, from)),
    ];
    for (const { token, view } of opened) expect((await readChallenge(token))?.view).toEqual({ ...view, serverTime: expect.any(String) });
    expect(opened.map(({ view }) => view.methods.length)).toEqual([5, 1, 1]);
  });

  it("and a resend of the challenge it replaces never wait for each other in a circle", async () => {
    const account = await makeAccount();
    await sql`DELETE FROM limit_hits`;
    const token = await passPassword(account);
    // Whoever holds the row lets both come up to it, the resend first.
    const both = await transaction(async (tx) => {
      await tx`SELECT 1 FROM challenges WHERE user_id = ${account.userId}::uuid FOR UPDATE`;
      const resend = sendCode(token, { method: "voice" }, from);
      await pause(300);
      const again = signIn({ identifier: account.email, password: PASSWORD }, from);
      await pause(1000);
      return [resend, again].map((one) => one.then((result) => result.ok).catch(String));
    });
    expect(await Promise.all(both)).toEqual([true, true]);
  });

  it("goes on without a text when the budget of texts is spent, for whoever has recovery codes (RL-06, F13)", async () => {
    const [saved, unsaved] = [await makeAccount(), await makeAccount()];
    await sql`INSERT INTO recovery_codes (user_id, selector, hash) VALUES (${saved.userId}::uuid, 'x', 'x')`;
    await sql`DELETE FROM limit_hits`;
    const { name, windows } = budgetPolicies(env()).sendsPerDay;
    await sql`
      INSERT INTO limit_hits (policy, subject)
      SELECT ${name}, ${keyedHash("index", `limit/${name}`, "all")} FROM generate_series(1, ${windows[0]?.max ?? 0}::int)`;
    const opened = must(await signIn({ identifier: saved.email, password: PASSWORD }, from));
    expect(opened.view).toMatchObject({
      delivery: { method: "sms", phoneId: saved.phoneId, status: "failed", reason: "budget_spent" },
      sendsLeft: 5,
    });
    expect(nextWays(opened.view, Date.now()).first).toEqual({ method: "recovery_code" });
    expect((await readChallenge(opened.token))?.view).toEqual({ ...opened.view, serverTime: expect.any(String) });
    expect(
      await sql`SELECT 1 FROM graphile_worker._private_jobs j JOIN messages m ON m.id::text = j.payload->>'messageId' WHERE m.user_id = ${saved.userId}::uuid`,
    ).toEqual([]);
    // No code was made, so none is awaited.
    expect(await verifyChallenge(opened.token, { method: "sms", code: "000000" }, from)).toMatchObject({
      error: { code: "method_not_available" },
    });
    const refused = await signIn({ identifier: unsaved.email, password: PASSWORD }, from);
    expect(refused).toMatchObject({ ok: false, error: { code: "too_many_sends", reason: "budget_spent" } });
    await sql`DELETE FROM limit_hits`;
  });

  it("texts and offers no call where no account may call", async () => {
    const account = await makeAccount();
    await sql`UPDATE phones SET channel = 'VOICE' WHERE id = ${account.phoneId}::uuid`;
    const offered = async () => must(await signIn({ identifier: account.email, password: PASSWORD }, from)).view;
    expect((await offered()).delivery?.method).toBe("voice");
    await sql`UPDATE provider_routes SET channel = 'VOICE', country = 'US' WHERE channel = 'VOICE'`;
    try {
      await sql`DELETE FROM limit_hits`;
      const view = await offered();
      expect([view.delivery?.method, ...view.methods.map(({ method }) => method)]).toEqual(["sms", "sms"]);
      const bound = async (number: string, channel: "sms" | "voice") => {
        const sign = must(await signUp({ email: `${randomUUID()}@example.jp`, password: PASSWORD, locale: "ja" }, from));
        const next = must(await verifyChallenge(sign.token, { code: await codeOf(sign.token) }, from));
        return "challengeToken" in next && (await bindPhone(next.challengeToken, { number, channel, acceptRisk: true }, from));
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
    await sql`DELETE FROM limit_hits`;
    const target = { channel: "SMS", phoneId: owner.phoneId, e164: owner.e164, country: "JP", proven: false } as const;
    const strangers = () => transaction((tx) => takeSendLimits(tx, target, stranger.userId, "198.51.100.7"));
    for (let text = 0; text < 5; text += 1) expect(await strangers()).toBeNull();
    expect(await strangers()).toMatchObject({ code: "too_many_sends" });
    const neighbour = { ...target, e164: `${owner.e164.slice(0, -1)}${(Number(owner.e164.at(-1)) + 1) % 10}` };
    for (let text = 0; text < 5; text += 1)
      expect(await transaction((tx) => takeSendLimits(tx, neighbour, null, "198.51.100.8"))).toBeNull();
    expect((await signIn({ identifier: owner.email, password: PASSWORD }, from)).ok).toBe(true);
    // And what the owner had sent still counts for strangers.
    expect(await strangers()).toMatchObject({ code: "too_many_sends" });
  });

  it("sends an account five unproven texts in an hour and no more, however often it starts again", async () => {
    const account = await makeAccount();
    await sql`DELETE FROM limit_hits`;
    for (let text = 0; text < 5; text += 1) expect((await signIn({ identifier: account.email, password: PASSWORD }, from)).ok).toBe(true);
    expect(await signIn({ identifier: account.email, password: PASSWORD }, from)).toMatchObject({
      ok: false,
      error: { code: "too_many_sends" },
    });
    await setClock(3601);
    expect((await signIn({ identifier: account.email, password: PASSWORD }, from)).ok).toBe(true);
  });
});
