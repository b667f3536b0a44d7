import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { takeSendLimits } from "#lib/challenges/queue-code";
import { readChallenge } from "#lib/challenges/read";
import { sendCode } from "#lib/challenges/send";
import { sql, transaction } from "#lib/db/sql";
import { bindNumber, from, makeAccount, must, PASSWORD, passPassword, setClock } from "#lib/testing/fixtures";

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
