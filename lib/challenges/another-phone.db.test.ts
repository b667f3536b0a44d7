import { afterEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { bindNumber, codeOf, makeAccount, must, otherThan, passPassword, requester, setClock } from "#lib/testing/fixtures";

/** An account with two phones, whose text went to the first. */
async function twoPhones() {
  const account = await makeAccount();
  await sql`UPDATE authenticators SET last_used_at = app_now() WHERE id = ${account.phoneId}::uuid`;
  const other = await bindNumber(account.userId);
  const token = await passPassword(account);
  return { account, other, token, first: await codeOf(token) };
}

afterEach(() => setClock(0));

describe("another bound phone", () => {
  it("gets a code of its own in the same challenge, by text or call, and proves it", async () => {
    const { other, token, first } = await twoPhones();
    const view = must(await sendCode(token, { method: "voice", phoneId: other.phoneId }, requester));
    expect(view.delivery).toMatchObject({ method: "voice", hint: `••${other.e164.slice(-2)}` });
    expect(view.methods.filter((offer) => offer.phoneId === other.phoneId).map((offer) => offer.method)).toEqual(["sms", "voice"]);
    const code = await codeOf(token);
    expect(code).not.toBe(first);
    expect(must(await verifyChallenge(token, { code }, requester)).next).toBe("done");
  });

  it("makes the code of the first one worthless, and having gone back, its own (OTP-08, A08)", async () => {
    const { account, other, token, first } = await twoPhones();
    await setClock(31);
    must(await sendCode(token, { method: "sms", phoneId: other.phoneId }, requester));
    const second = await codeOf(token);
    expect(await verifyChallenge(token, { code: first }, requester)).toMatchObject({ ok: false, error: { code: "code_wrong" } });
    await setClock(31 + 61);
    must(await sendCode(token, { method: "sms", phoneId: account.phoneId }, requester));
    expect(await verifyChallenge(token, { code: second }, requester)).toMatchObject({ ok: false, error: { code: "code_wrong" } });
    expect(await codeOf(token)).toBe(first);
    expect(must(await verifyChallenge(token, { code: first }, requester)).next).toBe("done");
  });

  it("shares the one counter: five wrong ones over both end the challenge", async () => {
    const { other, token, first } = await twoPhones();
    for (let guess = 1; guess <= 3; guess += 1) await verifyChallenge(token, { code: otherThan(first, guess) }, requester);
    must(await sendCode(token, { method: "voice", phoneId: other.phoneId }, requester));
    const second = await codeOf(token);
    for (let guess = 1; guess <= 2; guess += 1) await verifyChallenge(token, { code: otherThan(second, guess) }, requester);
    expect(await verifyChallenge(token, { code: second }, requester)).toMatchObject({ ok: false, error: { code: "too_many_attempts" } });
  });

  it("of somebody else is not offered and gets nothing", async () => {
    const { token } = await twoPhones();
    const stranger = await makeAccount();
    expect(await sendCode(token, { method: "sms", phoneId: stranger.phoneId }, requester)).toMatchObject({
      ok: false,
      error: { code: "method_not_available" },
    });
  });
});
