import { afterEach, describe, expect, it, vi } from "vitest";
import { challengeHashes } from "#lib/challenges/read";
import { sql, transaction } from "#lib/db/sql";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { bindNumber, codeOf, count, makeAccount, must, otherThan, passPassword, requester, setClock } from "#lib/testing/fixtures";

/** An account with two phones, whose text went to the first. */
async function twoPhones() {
  const account = await makeAccount();
  await sql`UPDATE authenticators SET last_used_at = app_now() WHERE id = ${account.phoneId}::uuid`;
  const other = await bindNumber(account.userId);
  const token = await passPassword(account);
  return { account, other, token, first: await codeOf(token) };
}

afterEach(() => setClock(0));

/** How many connections to this database wait for a lock. */
const waiting = () =>
  count(sql<{ n: number }>`
    SELECT count(DISTINCT l.pid)::int AS n FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database() WHERE NOT l.granted`);

describe("Another bound phone", () => {
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

  it("to which another process sends while a guess waits is the one that the guess is judged and counted by (OTP-06, OTP-08)", async () => {
    const { account, other, token, first } = await twoPhones();
    must(await sendCode(token, { method: "voice", phoneId: other.phoneId }, requester));
    const second = await codeOf(token);
    await setClock(31);
    must(await sendCode(token, { method: "sms", phoneId: account.phoneId }, requester));
    const guessMeanwhile = (code: string, phoneId: string) =>
      transaction(async (tx) => {
        await tx`UPDATE challenges SET current_authenticator_id = ${phoneId}::uuid WHERE token_hash = ANY(${challengeHashes(token)}::bytea[])`;
        const guess = verifyChallenge(token, { code }, requester);
        await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 1_500, interval: 20 });
        return { guess };
      });
    expect(await (await guessMeanwhile(first, other.phoneId)).guess).toMatchObject({ ok: false, error: { code: "code_wrong" } });
    const failures = await sql`SELECT id, failures FROM authenticators WHERE user_id = ${account.userId}::uuid AND failures > 0`;
    expect(failures).toEqual([{ id: other.phoneId, failures: 1 }]);
    await sql`UPDATE challenges SET current_authenticator_id = ${account.phoneId}::uuid WHERE token_hash = ANY(${challengeHashes(token)}::bytea[])`;
    expect(must(await (await guessMeanwhile(second, other.phoneId)).guess).next).toBe("done");
  });

  it("stays a way of its account, whatever number of disabled authenticators the account has", async () => {
    const account = await makeAccount();
    await sql`
      INSERT INTO authenticators (user_id, kind, verified_at, disabled_at, created_at)
      SELECT ${account.userId}::uuid, 'recovery_codes', app_now(), app_now(), app_now() - interval '1 day' FROM generate_series(1, 40)`;
    const view = (await readChallenge(await passPassword(account)))?.view;
    expect(view?.methods.map(({ phoneId }) => phoneId)).toContain(account.phoneId);
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
