import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { confirmRecoveryCodes, issuedRecoveryCodes, prepareRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { sql, transaction } from "#lib/db/sql";
import { tellUnfinished, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  codeOf,
  forgetLimits,
  forgetRecoveryCodes,
  freshNumber,
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

// Each event of NT-01 queues one notice to the account's address, in its language and in the transaction of the event (E16).

/** The notices queued for an account, each with its language. */
async function told(userId: string): Promise<string[]> {
  const rows = await sql<{ line: string }>`
    SELECT replace(m.template, 'notice.', '') || ' ' || m.locale AS line FROM messages m
    JOIN graphile_worker._private_jobs j ON j.payload->>'messageId' = m.id::text
    WHERE m.user_id = ${userId}::uuid AND m.template LIKE 'notice.%' AND m.channel = 'EMAIL' ORDER BY 1`;
  return rows.map((row) => row.line);
}

async function english(): Promise<Account> {
  const account = await makeAccount();
  await sql`UPDATE users SET locale = 'en' WHERE id = ${account.userId}::uuid`;
  return account;
}

const right = async (token: string, deviceToken?: string) =>
  must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, deviceToken }));
const deviceOf = (verified: Awaited<ReturnType<typeof right>>) => signedIn(verified).device.token;
const wrong = async (token: string, times: number) => {
  const code = await codeOf(token);
  return together(times, (index) => verifyChallenge(token, { code: otherThan(code, index + 1) }, requester));
};

beforeEach(() => forgetLimits());
afterEach(() => setClock(0));

describe("The account is told", () => {
  it("of a sign-in from a browser it was not used with, and not of one it was", async () => {
    const account = await english();
    const device = deviceOf(await right(await passPassword(account)));
    expect(await told(account.userId)).toEqual(["new_device en"]);
    await setClock(120);
    const { token } = must(await signIn({ identifier: account.email, password: PASSWORD }, { ...requester, deviceToken: device }));
    await right(token, device);
    expect(await told(account.userId)).toEqual(["new_device en"]);
    await right(await passPassword(account));
    expect(await told(account.userId)).toEqual(["new_device en", "new_device en"]);
  });

  it("of new browsers within a minute in one mail", async () => {
    const account = await makeAccount();
    for (let browser = 0; browser < 3; browser += 1) await right(await passPassword(account));
    expect(await told(account.userId)).toEqual(["new_device ja"]);
  });

  it("of the right password with five wrong codes, however many at once, once", async () => {
    const account = await makeAccount();
    await wrong(await passPassword(account), 20);
    expect(await told(account.userId)).toEqual(["second_factor_failed ja"]);
    await setClock(3600);
    await tellUnfinished();
    expect(await told(account.userId)).toEqual(["second_factor_failed ja"]);
  });

  it("of the right password and a wrong code of a sign-in that was left, once, when it is over", async () => {
    const [left, replaced, finished] = [await english(), await makeAccount(), await makeAccount()];
    await wrong(await passPassword(left), 1);
    await wrong(await passPassword(replaced), 2);
    await passPassword(replaced);
    const token = await passPassword(finished);
    await wrong(token, 1);
    await right(token);
    await tellUnfinished();
    expect(await told(left.userId)).toEqual([]);
    await setClock(601);
    await together(3, tellUnfinished);
    expect(await told(left.userId)).toEqual(["second_factor_failed en"]);
    expect(await told(replaced.userId)).toEqual(["second_factor_failed ja"]);
    expect(await told(finished.userId)).toEqual(["new_device ja"]);
  });

  it("of a lock, at each tenth wrong code", async () => {
    const account = await makeAccount();
    await wrong(await passPassword(account), 5);
    await wrong(await passPassword(account), 5);
    expect(await told(account.userId)).toEqual(["locked ja", "second_factor_failed ja", "second_factor_failed ja"]);
  });

  it("of a phone that a hundred wrong codes disabled (A05)", async () => {
    const account = await makeAccount();
    await sql`UPDATE authenticators SET failures = 98 WHERE user_id = ${account.userId}::uuid`;
    await wrong(await passPassword(account), 4);
    expect(await told(account.userId)).toEqual(["phone_disabled ja"]);
  });

  it("of a right password on an unknown device that no second factor followed, in one mail an hour, and of none on a known one (LG-04)", async () => {
    const [left, known, again] = [await english(), await makeAccount(), await makeAccount()];
    for (let browser = 0; browser < 5; browser += 1) await passPassword(left);
    const deviceToken = deviceOf(await right(await passPassword(known)));
    must(await signIn({ identifier: known.email, password: PASSWORD }, { ...requester, deviceToken }));
    // The same browser started again and finished, so no unfinished sign-in remains.
    const first = await passPassword(again);
    await right(must(await signIn({ identifier: again.email, password: PASSWORD }, { ...requester, challengeToken: first })).token);
    await setClock(601);
    await together(3, tellUnfinished);
    while ((await tellUnfinished()) > 0);
    expect(await told(left.userId)).toEqual(["second_factor_failed en"]);
    expect(await told(known.userId)).toEqual(["new_device ja"]);
    expect(await told(again.userId)).toEqual(["new_device ja"]);
    await forgetLimits();
    await passPassword(left);
    await setClock(3601 + 601);
    while ((await tellUnfinished()) > 0);
    expect(await told(left.userId)).toEqual(["second_factor_failed en", "second_factor_failed en"]);
  });

  it("of its phone, when it is bound, of its recovery codes, when they are saved, and of nothing else by a sign-up", async () => {
    const account = await makeAccount({ phone: false });
    await forgetRecoveryCodes(account.userId);
    const proven = await right(must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).token);
    const token = proven.next === "bind_phone" ? proven.challengeToken : "";
    must(await bindPhone(token, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    await right(token);
    expect(await told(account.userId)).toEqual(["phone_bound ja"]);
    const codes = must(await issuedRecoveryCodes(account.userId));
    await together(5, () => confirmRecoveryCodes(account.userId, { code: codes[0] ?? "" }, requester));
    expect(await told(account.userId)).toEqual(["phone_bound ja", "recovery_codes_saved ja"]);
  });

  it("of a recovery code that signed in, once under fifty at once", async () => {
    const account = await makeAccount();
    await forgetRecoveryCodes(account.userId);
    await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
    const [code = ""] = must(await issuedRecoveryCodes(account.userId));
    must(await confirmRecoveryCodes(account.userId, { code }, requester));
    const token = await passPassword(account);
    await together(50, () => verifyChallenge(token, { method: "recovery_code", code }, requester));
    expect((await told(account.userId)).filter((line) => line.startsWith("recovery_code_used"))).toEqual(["recovery_code_used ja"]);
  });

  it("of nothing that did not happen: a notice goes with its effect or not at all", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    const code = await codeOf(token);
    await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${account.userId}::uuid`;
    expect((await verifyChallenge(token, { code }, requester)).ok).toBe(false);
    expect((await signIn({ identifier: `${randomUUID()}@example.jp`, password: PASSWORD }, requester)).ok).toBe(false);
    expect(await told(account.userId)).toEqual([]);
  });
});
