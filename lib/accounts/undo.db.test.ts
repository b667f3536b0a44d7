import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginEmailChange } from "#lib/accounts/change-email";
import { undoChange } from "#lib/accounts/notice-codes";
import { addPhone, changePhone, removePhone } from "#lib/accounts/phones";
import { signIn } from "#lib/accounts/sign-in";
import { suspendAccount } from "#lib/accounts/suspend";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { noticeCodePlace } from "#lib/delivery/wording/notice-codes";
import { verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  codeOf,
  forgetLimits,
  freshNumber,
  makeAccount,
  must,
  PASSWORD,
  requester,
  setClock,
  together,
} from "#lib/testing/fixtures";
import { type Browser, signInOn, stepUp } from "#lib/testing/signed-in";

// Undoing after further changes: an attacker may have made several changes, and the owner types the codes in any order.

const factors = async (account: Account): Promise<Browser> => stepUp(await signInOn(account), "manage_factors");
const renewed = (browser: Browser, sessionToken: string): Browser => ({ ...browser, from: { ...browser.from, sessionToken } });

/** Proves what a browser has been asked, and goes on under the new token. */
async function prove(browser: Browser, token: string): Promise<Browser> {
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, browser.from));
  if (verified.next !== "done") throw new Error(`led to ${verified.next}`);
  return renewed(browser, verified.sessionToken);
}
const add = async (browser: Browser, number = freshNumber(), replaces?: string): Promise<Browser> =>
  prove(browser, must(await addPhone(browser.acting, { number, channel: "sms", acceptRisk: true, replaces }, browser.from)).token);
async function changeEmail(browser: Browser, email = `${crypto.randomUUID()}@example.jp`): Promise<Browser> {
  const after = await prove(browser, must(await beginEmailChange(browser.acting, { email }, browser.from)).token);
  return { ...after, acting: { ...after.acting, email } };
}

type Typed = { reference: string; code: string; recipient: string | null };

/** The undo codes of an account in the order of its changes. */
async function undoCodes({ userId }: Account): Promise<[Typed, ...Typed[]]> {
  const rows = await sql<{ id: string; reference: string; sealed: string; recipient: string | null }>`
    SELECT n.id, n.reference, n.sealed, m.recipient FROM notice_codes n JOIN messages m ON m.id = n.message_id
    WHERE n.user_id = ${userId}::uuid AND n.kind = 'undo' ORDER BY m.created_at`;
  const [first, ...more] = rows.map(({ id, sealed, ...row }) => ({ ...row, code: unseal(sealed, noticeCodePlace(id, userId)) }));
  if (!first) throw new Error("no undo code");
  return [first, ...more];
}
const undo = (typed: Typed | undefined, password = PASSWORD) =>
  undoChange({ reference: typed?.reference ?? "", code: typed?.code ?? "", password }, requester);
const phonesOf = async ({ userId }: Account) => (await listPhones(userId)).map(({ id }) => id);
const emailOf = async ({ userId }: Account) => (await sql<{ email: string }>`SELECT email FROM users WHERE id = ${userId}::uuid`)[0]?.email;

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("Undoing a phone", () => {
  it("takes the one with it that has replaced it since, and the code of that change brings nothing back", async () => {
    const account = await makeAccount();
    const thief = await add(await factors(account), freshNumber(), account.phoneId);
    await add(thief, freshNumber(), (await phonesOf(account))[0]);
    const [first, second] = await undoCodes(account);
    must(await undo(first));
    expect(await phonesOf(account)).toEqual([account.phoneId]);
    expect(await undo(second)).toMatchObject({ error: { code: "code_wrong" } });
    expect(await phonesOf(account)).toEqual([account.phoneId]);
  });

  it("never leaves an account without a second factor: the phone that was removed since comes back (FA-01, SU-05)", async () => {
    const account = await makeAccount();
    const browser = await add(await factors(account));
    must(await removePhone(browser.acting, account.phoneId, browser.from));
    must(await undo((await undoCodes(account))[0]));
    expect(await phonesOf(account)).toEqual([account.phoneId]);
    expect(must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).view.purpose).toBe("SIGN_IN");
  });

  it("is refused where no other second factor can come back, and leaves the code (FA-01)", async () => {
    const account = await makeAccount();
    await add(await factors(account));
    await sql`DELETE FROM authenticators WHERE id = ${account.phoneId}::uuid`;
    const [added] = await undoCodes(account);
    expect(await undo(added)).toMatchObject({ error: { code: "code_wrong" } });
    expect((await phonesOf(account)).length).toBe(1);
  });

  it("works also after its number was bound to the account again", async () => {
    const account = await makeAccount();
    const browser = await add(await factors(account), freshNumber(), account.phoneId);
    const [added] = await phonesOf(account);
    await add(browser, account.e164);
    must(await undo((await undoCodes(account))[0]));
    const phones = await phonesOf(account);
    expect([phones.length, phones.includes(added ?? "")]).toEqual([1, false]);
  });

  it("leaves one preferred phone where another has been preferred since", async () => {
    const account = await makeAccount();
    const browser = await add(await factors(account));
    const other = (await phonesOf(account)).find((id) => id !== account.phoneId) ?? "";
    must(await changePhone(browser.acting, account.phoneId, { default: true }, browser.from));
    must(await removePhone(browser.acting, account.phoneId, browser.from));
    must(await changePhone(browser.acting, other, { default: true }, browser.from));
    must(await undo((await undoCodes(account)).at(-1)));
    const preferred = await sql<{ id: string }>`SELECT id FROM account_phones WHERE user_id = ${account.userId}::uuid AND preferred`;
    expect(preferred.map(({ id }) => id)).toEqual([other]);
  });

  it("of a suspended account is refused like a wrong password", async () => {
    const account = await makeAccount();
    await add(await factors(account));
    const [added] = await undoCodes(account);
    must(await suspendAccount(account.email, "test"));
    expect(await undo(added)).toMatchObject({ error: { code: "credentials_wrong" } });
    expect((await phonesOf(account)).length).toBe(2);
  });
});

describe("The password of an undo", () => {
  const WRONG = "ちがう あいことば";

  it("is not held back by strangers' wrong passwords for the account, from the owner's address or elsewhere (RS-04)", async () => {
    const account = await makeAccount();
    await add(await factors(account));
    for (let guess = 0; guess < 60; guess += 1)
      await signIn({ identifier: guess % 2 ? account.email : account.e164, password: WRONG }, requester);
    expect((await signIn({ identifier: account.email, password: PASSWORD }, requester)).ok).toBe(false);
    must(await undo((await undoCodes(account))[0]));
    expect(await phonesOf(account)).toEqual([account.phoneId]);
  });

  it("can be guessed ten times an hour and thirty times a day with a right code, also at once, and costs the sign-in nothing (RL-04)", async () => {
    const account = await makeAccount();
    await add(await factors(account));
    const [code] = await undoCodes(account);
    const refusals = async (times: number) => {
      const answers = await together(times, () => undo(code, WRONG));
      return answers.filter((one) => !one.ok && one.error.code === "credentials_wrong").length;
    };
    expect(await refusals(15)).toBe(10);
    expect(await undo(code)).toMatchObject({ error: { code: "too_many_requests" } });
    expect((await signIn({ identifier: account.email, password: PASSWORD }, requester)).ok).toBe(true);
    for (const hour of [1, 2, 3]) {
      await setClock(hour * 3600 + 1);
      expect(await refusals(11)).toBe(hour < 3 ? 10 : 0);
    }
    await setClock(27 * 3600);
    must(await undo(code));
  });
});

describe("Undoing an address", () => {
  it("ends the codes that were mailed to the addresses after it: none of them comes back", async () => {
    const account = await makeAccount();
    const thief = await changeEmail(await stepUp(await signInOn(account), "change_email"));
    await changeEmail(thief);
    const [first, , ...later] = await undoCodes(account);
    must(await undo(first));
    expect(await emailOf(account)).toBe(account.email);
    for (const code of later) expect(await undo(code)).toMatchObject({ error: { code: "code_wrong" } });
    expect(await emailOf(account)).toBe(account.email);
  });

  it("is not all that the address before can undo: it is told of every later change for as long (NT-01)", async () => {
    const account = await makeAccount();
    const thief = await changeEmail(await stepUp(await signInOn(account), "change_email"));
    await add(await stepUp(thief, "manage_factors"), freshNumber(), account.phoneId);
    const mine = (await undoCodes(account)).filter(({ recipient }) => recipient === account.email);
    for (const code of mine) must(await undo(code));
    expect([await emailOf(account), await phonesOf(account)]).toEqual([account.email, [account.phoneId]]);
  });

  it("begins with a notice that the thief cannot draw to the new address: what was queued before goes to the one before", async () => {
    const account = await makeAccount();
    const thief = await add(await factors(account));
    await changeEmail(await stepUp(thief, "change_email"));
    const sent = await sql<{ to: string }>`
      SELECT coalesce(m.recipient, u.email) AS to FROM messages m JOIN users u ON u.id = m.user_id
      WHERE m.user_id = ${account.userId}::uuid AND m.template = 'notice.phone_added' AND m.channel = 'EMAIL'`;
    expect(sent.map(({ to }) => to)).toEqual([account.email]);
  });
});
