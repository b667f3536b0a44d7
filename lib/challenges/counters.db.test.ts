import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { confirmRecoveryCodes, issuedRecoveryCodes, prepareRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { lockedUntil } from "#lib/challenges/lock";
import { sql, transaction } from "#lib/db/sql";
import { ALL, putBrakeOn } from "#lib/limits/brakes";
import { sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  bindNumber,
  codeOf,
  forgetLimits,
  forgetRecoveryCodes,
  makeAccount,
  must,
  otherThan,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  signedIn,
} from "#lib/testing/fixtures";

// Six-digit failures count on the account (or its known device) and on each phone; recovery codes count on their challenge only. A success resets
// only the counters that it proved, and a missing or invalid counter rejects the attempt (OTP-07, OTP-12, RC-04, RL-08, A03, A06, A12, A19).

afterEach(() => setClock(0));

async function withCodes(): Promise<Account & { codes: string[] }> {
  const account = await makeAccount();
  await forgetRecoveryCodes(account.userId);
  await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
  const codes = must(await issuedRecoveryCodes(account.userId));
  must(await confirmRecoveryCodes(account.userId, { code: codes[0] ?? "" }, requester));
  return { ...account, codes };
}

const WRONG_RECOVERY = "ZZZZ-ZZZZ-ZZZZ-ZZZZ";
type Counters = { streak: number; phone: number; locked: boolean };

async function countersOf({ userId, phoneId }: Account): Promise<Counters> {
  const [row] = await sql<Counters>`
    SELECT u.factor_failures AS streak, p.failures AS phone, coalesce(u.locked_until > app_now(), false) AS locked
    FROM users u LEFT JOIN authenticators p ON p.id = ${phoneId}::uuid WHERE u.id = ${userId}::uuid`;
  return row as Counters;
}

async function guess(token: string, times: number, method?: "recovery_code", deviceToken?: string): Promise<void> {
  const code = method ? "" : await codeOf(token);
  for (let step = 1; step <= times; step += 1)
    await verifyChallenge(token, method ? { method, code: WRONG_RECOVERY } : { code: otherThan(code, step) }, {
      ...requester,
      deviceToken,
    });
}

/** Signs in with the right code and returns the token of the now known device. */
async function knownDevice(account: Account): Promise<string> {
  const token = await passPassword(account);
  return signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester))).device.token;
}
const passOn = async (account: Account, deviceToken: string) =>
  must(await signIn({ identifier: account.email, password: PASSWORD }, { ...requester, deviceToken })).token;

beforeEach(forgetLimits);

describe("Failures over all factors", () => {
  it("of six digits are one streak: hopping from text to call locks six-digit codes at ten, and recovery codes count nothing (A06)", async () => {
    const account = await withCodes();
    const first = await passPassword(account);
    await guess(first, 3);
    await guess(first, 2, "recovery_code");
    const second = await passPassword(account);
    must(await sendCode(second, { method: "voice" }, requester));
    await guess(second, 5);
    expect(await countersOf(account)).toEqual({ streak: 8, phone: 8, locked: false });
    const third = await passPassword(account);
    await guess(third, 2);
    await guess(third, 1, "recovery_code");
    expect(await countersOf(account)).toEqual({ streak: 10, phone: 10, locked: true });
    // A right password opens a challenge and resets nothing; even the right code has to wait.
    const fourth = await passPassword(account);
    expect(await verifyChallenge(fourth, { code: await codeOf(fourth) }, requester)).toMatchObject({
      ok: false,
      error: { code: "too_many_attempts" },
    });
    expect(await countersOf(account)).toMatchObject({ streak: 10, locked: true });
  });

  it("never stop a recovery code: neither the lock, nor the brake, nor its address, nor a hundred wrong recovery codes (OTP-07, RL-06)", async () => {
    const account = await withCodes();
    for (let round = 0; round < 21; round += 1) {
      await forgetLimits();
      await guess(await passPassword(account), 5, "recovery_code");
    }
    for (let round = 0; round < 2; round += 1) await guess(await passPassword(account), 5);
    expect(await countersOf(account)).toMatchObject({ locked: true });
    await putBrakeOn(sql, "second_factor", ALL, 600);
    const token = await passPassword(account);
    expect(must(await verifyChallenge(token, { method: "recovery_code", code: account.codes[3] ?? "" }, requester)).next).toBe("done");
    await sql`DELETE FROM brakes`;
  });

  it("on a known device are a streak of its own: strangers' lock does not stop it, its own does, and neither touches the other (SOFT_LOCK)", async () => {
    const account = await makeAccount();
    const device = await knownDevice(account);
    for (let round = 0; round < 2; round += 1) await guess(await passPassword(account), 5);
    expect(await countersOf(account)).toMatchObject({ streak: 10, locked: true });
    const known = await passOn(account, device);
    await guess(known, 3, undefined, device);
    expect(must(await verifyChallenge(known, { code: await codeOf(known) }, { ...requester, deviceToken: device })).next).toBe("done");
    expect(await countersOf(account)).toMatchObject({ streak: 0, locked: false });
    for (let round = 0; round < 2; round += 1) {
      await forgetLimits();
      await guess(await passOn(account, device), 5, undefined, device);
    }
    const locked = await passOn(account, device);
    expect(await verifyChallenge(locked, { code: await codeOf(locked) }, requester)).toMatchObject({
      error: { code: "too_many_attempts" },
    });
    expect(await lockedUntil(locked)).not.toBeNull();
    const stranger = await passPassword(account);
    expect(await lockedUntil(stranger)).toBeNull();
    expect((await verifyChallenge(stranger, { code: await codeOf(stranger) }, requester)).ok).toBe(true);
  });

  it("are given back by a success for the streak and the authenticator that proved itself, for no other (RL-08)", async () => {
    const account = await withCodes();
    const first = await passPassword(account);
    await guess(first, 2);
    must(await verifyChallenge(first, { method: "recovery_code", code: account.codes[1] ?? "" }, requester));
    expect(await countersOf(account)).toEqual({ streak: 0, phone: 2, locked: false });
    const second = await passPassword(account);
    must(await verifyChallenge(second, { code: await codeOf(second) }, requester));
    expect(await countersOf(account)).toEqual({ streak: 0, phone: 0, locked: false });
  });

  it("end a challenge at five for every factor, the right text and the right recovery code alike (A03)", async () => {
    const account = await withCodes();
    const token = await passPassword(account);
    await guess(token, 3);
    await guess(token, 2, "recovery_code");
    for (const answer of [{ code: await codeOf(token) }, { method: "recovery_code" as const, code: account.codes[2] ?? "" }])
      expect(await verifyChallenge(token, answer, requester)).toMatchObject({ ok: false, error: { code: "too_many_attempts" } });
    expect(await sendCode(token, { method: "voice" }, requester)).toMatchObject({ ok: false, error: { code: "too_many_attempts" } });
  });
});

describe("A counter that is missing or makes no sense", () => {
  it("cannot be stored: negative, beyond its end, or nothing (A12)", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    expect(token).not.toBe("");
    await expect(sql`UPDATE challenges SET attempts = -1 WHERE user_id = ${account.userId}::uuid`).rejects.toThrow();
    await expect(sql`UPDATE challenges SET attempts = 6 WHERE user_id = ${account.userId}::uuid`).rejects.toThrow();
    await expect(sql`UPDATE challenges SET attempts = NULL WHERE user_id = ${account.userId}::uuid`).rejects.toThrow();
    await expect(sql`UPDATE users SET factor_failures = -1 WHERE id = ${account.userId}::uuid`).rejects.toThrow();
    await expect(sql`UPDATE users SET factor_failures = NULL WHERE id = ${account.userId}::uuid`).rejects.toThrow();
    await expect(sql`UPDATE authenticators SET failures = -1 WHERE user_id = ${account.userId}::uuid`).rejects.toThrow();
  });

  it("refuses: a phone that is gone proves nothing, nor one that is disabled, with the right code in hand (A12, A19)", async () => {
    for (const take of ["gone", "disabled"]) {
      const account = await makeAccount();
      await bindNumber(account.userId);
      const token = await passPassword(account);
      const code = await codeOf(token);
      const [row] = await sql<{
        id: string;
      }>`SELECT current_authenticator_id AS id FROM challenges WHERE user_id = ${account.userId}::uuid`;
      if (take === "gone") await sql`DELETE FROM authenticators WHERE id = ${row?.id ?? ""}::uuid`;
      else await sql`UPDATE authenticators SET disabled_at = app_now() WHERE id = ${row?.id ?? ""}::uuid`;
      expect((await verifyChallenge(token, { code }, requester)).ok, take).toBe(false);
      const sessions = await sql`SELECT 1 FROM sessions WHERE user_id = ${account.userId}::uuid`;
      expect(sessions, take).toHaveLength(0);
    }
  });

  it("refuses: an account that is gone takes its challenges with it", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    const code = await codeOf(token);
    await sql`DELETE FROM users WHERE id = ${account.userId}::uuid`;
    expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ ok: false, error: { code: "challenge_missing" } });
  });

  it("refuses: a challenge whose code is gone has no right answer", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    const code = await codeOf(token);
    await sql`DELETE FROM challenge_codes WHERE challenge_id IN (SELECT id FROM challenges WHERE user_id = ${account.userId}::uuid)`;
    expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ ok: false, error: { code: "code_wrong" } });
    expect((await verifyChallenge(token, { code: "000000" }, requester)).ok).toBe(false);
  });

  it("refuses: a code that was moved from another challenge does not open, and nothing is granted (G03)", async () => {
    const [victim, attacker] = [await makeAccount(), await makeAccount()];
    const [own, other] = [await passPassword(attacker), await passPassword(victim)];
    const code = await codeOf(own);
    await sql`
      UPDATE challenge_codes SET sealed = (SELECT sealed FROM challenge_codes k JOIN challenges c ON c.id = k.challenge_id WHERE c.user_id = ${attacker.userId}::uuid)
      WHERE challenge_id = (SELECT id FROM challenges WHERE user_id = ${victim.userId}::uuid)`;
    await expect(verifyChallenge(other, { code }, requester)).rejects.toThrow("does not open");
    expect(await sql`SELECT 1 FROM sessions WHERE user_id = ${victim.userId}::uuid`).toHaveLength(0);
  });
});
