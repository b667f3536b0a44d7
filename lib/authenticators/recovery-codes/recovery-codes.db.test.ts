import { describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { findRecoveryCode, spendRecoveryCode } from "#lib/authenticators/recovery-codes/match";
import {
  confirmRecoveryCodes,
  issuedRecoveryCodes,
  prepareRecoveryCodes,
  recoveryCodesLeft,
} from "#lib/authenticators/recovery-codes/recovery-codes";
import { composed, sql, transaction } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  count,
  forgetRecoveryCodes,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  together,
} from "#lib/testing/fixtures";

async function withCodes(): Promise<Account & { codes: string[] }> {
  const account = await makeAccount();
  await forgetRecoveryCodes(account.userId);
  await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
  const codes = must(await issuedRecoveryCodes(account.userId));
  must(await confirmRecoveryCodes(account.userId, { code: codes[0] ?? "" }, requester));
  return { ...account, codes };
}

describe("Recovery codes", () => {
  it("are one set however often and however parallel they are asked for, until confirmed; then never shown again", async () => {
    const account = await makeAccount();
    await forgetRecoveryCodes(account.userId);
    await together(10, () => transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester)));
    const sets = await together(10, async () => must(await issuedRecoveryCodes(account.userId)).join());
    expect(new Set(sets).size).toBe(1);
    // The set that was shown stays the set, even if a later request prepares one again.
    await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
    expect(must(await issuedRecoveryCodes(account.userId)).join()).toBe(sets[0]);
    const codes = (sets[0] ?? "").split(",");
    expect(codes).toHaveLength(10);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(await confirmRecoveryCodes(account.userId, { code: "0000-0000-0000-0000" }, requester)).toMatchObject({
      ok: false,
      error: { code: "code_wrong" },
    });
    // Twenty-four requests of ten hashes exceed the hasher's queue, yet none of them may be refused, nor the sign-in between them.
    const [confirmed] = await Promise.all([
      together(24, () => confirmRecoveryCodes(account.userId, { code: codes[4] ?? "" }, requester)),
      passPassword(await makeAccount()),
    ]);
    expect(confirmed.every((one) => one.ok)).toBe(true);
    expect((await recoveryCodesLeft(account.userId)).left).toBe(10);
    expect(await issuedRecoveryCodes(account.userId)).toMatchObject({ ok: false, error: { code: "step_up_required" } });
    const [row] = await sql<{ sealed: string | null }>`
      SELECT s.sealed FROM recovery_code_sets s JOIN authenticators a ON a.id = s.id WHERE a.user_id = ${account.userId}::uuid`;
    expect(row?.sealed).toBeNull();
  });

  it("are counted on the account page by the rule that sign-in offers them by", async () => {
    const account = await withCodes();
    const offered = async () =>
      must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).view.methods.some(
        ({ method }) => method === "recovery_code",
      );
    expect([(await recoveryCodesLeft(account.userId)).left, await offered()]).toEqual([10, true]);
    await sql`UPDATE recovery_codes SET used_at = app_now() WHERE set_id IN (SELECT id FROM authenticators WHERE user_id = ${account.userId}::uuid)`;
    expect([(await recoveryCodesLeft(account.userId)).left, await offered()]).toEqual([0, false]);
  });

  it("work once under fifty at once, and once over two challenges (D01)", async () => {
    const account = await withCodes();
    const token = await passPassword(account);
    const results = await together(50, () => verifyChallenge(token, { method: "recovery_code", code: account.codes[1] ?? "" }, requester));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect((await recoveryCodesLeft(account.userId)).left).toBe(9);
    const again = await passPassword(account);
    expect((await verifyChallenge(again, { method: "recovery_code", code: account.codes[1] ?? "" }, requester)).ok).toBe(false);
    expect(
      await count(
        sql<{
          n: number;
        }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${account.userId}::uuid AND template = 'notice.recovery_code_used'`,
      ),
    ).toBe(1);
  });

  it("are not spent once their set was disabled, or lost its proof, after they were found (RC-03, D03)", async () => {
    for (const end of ["disabled_at = app_now()", "verified_at = NULL"]) {
      const { userId, codes } = await withCodes();
      const typed = (codes[1] ?? "").replaceAll("-", "");
      const id = (await findRecoveryCode(userId, typed, {})) ?? "";
      await sql(composed(`UPDATE authenticators SET ${end} WHERE user_id = $::uuid AND kind = 'recovery_codes'`), userId);
      expect(await transaction((tx) => spendRecoveryCode(tx, userId, id)), end).toBe(false);
      expect(await findRecoveryCode(userId, typed, {}), end).toBeNull();
    }
  });

  it("count on their challenge alone: five wrong ones end it for the right code too, and lock nothing (RC-04)", async () => {
    const account = await withCodes();
    const token = await passPassword(account);
    await together(20, () => verifyChallenge(token, { method: "recovery_code", code: "ZZZZ-ZZZZ-ZZZZ-ZZZZ" }, requester));
    expect(await verifyChallenge(token, { method: "recovery_code", code: account.codes[2] ?? "" }, requester)).toMatchObject({
      ok: false,
      error: { code: "too_many_attempts" },
    });
    const [row] = await sql<{ failures: number }>`SELECT factor_failures AS failures FROM users WHERE id = ${account.userId}::uuid`;
    expect(row?.failures).toBe(0);
  });

  it("are read however they are typed", async () => {
    const account = await withCodes();
    const token = await passPassword(account);
    const typed = ` ${(account.codes[3] ?? "").toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")} `;
    expect((await verifyChallenge(token, { method: "recovery_code", code: typed }, requester)).ok).toBe(true);
  });
});
