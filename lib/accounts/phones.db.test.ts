import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { undoChange } from "#lib/accounts/notice-codes";
import { addPhone, changePhone, removePhone } from "#lib/accounts/phones";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { groupedCode } from "#lib/crypto/codes";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { noticeCodePlace } from "#lib/delivery/wording/notice-codes";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  bindNumber,
  codeOf,
  forgetLimits,
  freshNumber,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  together,
} from "#lib/testing/fixtures";
import { type Browser, isAlive, renewed, signInOn, stepUp, told } from "#lib/testing/signed-in";

const factors = async (account: Account): Promise<Browser> => stepUp(await signInOn(account), "manage_factors");
const begin = async ({ acting, from }: Browser, number: string, replaces?: string) =>
  must(await addPhone(acting, { number, channel: "sms", acceptRisk: true, replaces }, from));

/** Names a number and proves it. */
async function add(browser: Browser, number = freshNumber(), replaces?: string): Promise<Browser> {
  const { token } = await begin(browser, number, replaces);
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, browser.from));
  if (verified.next !== "done") throw new Error(`led to ${verified.next}`);
  return { ...browser, from: { ...browser.from, sessionToken: verified.sessionToken } };
}

/** The latest undo code of an account, as its mail shows it. */
async function undoCodeOf({ userId }: Account): Promise<{ reference: string; code: string }> {
  const [row] = await sql<{ id: string; reference: string; sealed: string }>`
    SELECT n.id, n.reference, n.sealed FROM notice_codes n JOIN messages m ON m.id = n.message_id
    WHERE n.user_id = ${userId}::uuid AND n.kind = 'undo' ORDER BY m.created_at DESC LIMIT 1`;
  if (!row) throw new Error("no undo code");
  return { reference: row.reference, code: groupedCode(unseal(row.sealed, noticeCodePlace(row.id, userId))) };
}

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A further phone", () => {
  it("is bound by its code, told by mail and to every phone, and the session goes on under a new token (PSTN-04)", async () => {
    const account = await makeAccount();
    const before = await factors(account);
    const after = await add(before);
    expect([await isAlive(before), await isAlive(after)]).toEqual([false, true]);
    expect((await listPhones(account.userId)).length).toBe(2);
    expect([await told(account.userId, "notice.phone_added"), await told(account.userId, "notice.phone_added", "SMS")]).toEqual([1, 2]);
    const token = await passPassword(account);
    expect((await readChallenge(token))?.view.methods.filter(({ method }) => method === "sms").length).toBe(2);
  });

  it("is the fifth at most, also where ten are proven at once, and may be preferred, named and called", async () => {
    const account = await makeAccount();
    for (let phone = 0; phone < 3; phone += 1) await bindNumber(account.userId);
    const browser = await add(await factors(account));
    const again = { acting: browser.acting, from: browser.from };
    expect(await addPhone(again.acting, { number: freshNumber(), channel: "sms", acceptRisk: true }, again.from)).toMatchObject({
      error: { code: "too_many_phones" },
    });
    const [first, second] = await listPhones(account.userId);
    if (!first || !second) throw new Error("no phones");
    const changed = must(await changePhone(browser.acting, second.id, { name: "実家", default: true, channel: "voice" }, browser.from));
    expect(changed).toMatchObject({ name: "実家", default: true, channel: "voice" });
    expect((await listPhones(account.userId)).filter((one) => one.default).length).toBe(1);
    const opened = await readChallenge(await passPassword(account));
    expect(opened?.view.delivery).toMatchObject({ method: "voice", phoneId: second.id });
    expect(await changePhone(browser.acting, crypto.randomUUID(), { name: "x" }, browser.from)).toMatchObject({
      error: { code: "not_found" },
    });
  });

  it("is not the usual one unless it takes the place of the usual one", async () => {
    const account = await makeAccount();
    const usual = async () => (await listPhones(account.userId)).find((one) => one.default)?.id;
    const textedTo = async () => (await readChallenge(await passPassword(account)))?.view.delivery?.phoneId;
    const first = await add(await factors(account));
    const other = (await listPhones(account.userId)).find(({ id }) => id !== account.phoneId)?.id;
    expect([await usual(), await textedTo()]).toEqual([account.phoneId, account.phoneId]);
    await forgetLimits();
    const second = await add(first, freshNumber(), other);
    expect([await usual(), await textedTo()]).toEqual([account.phoneId, account.phoneId]);
    await forgetLimits();
    await add(second, freshNumber(), account.phoneId);
    const replacing = (await listPhones(account.userId)).at(-1)?.id;
    expect([await usual(), await textedTo()]).toEqual([replacing, replacing]);
  });

  it("of a session that stepped up takes no other number without a step-up of its own: not by its challenge, with or without the session (SU-01)", async () => {
    const account = await makeAccount();
    const browser = await factors(account);
    const { token } = await begin(browser, freshNumber());
    const code = await codeOf(token);
    const other = { number: freshNumber(), channel: "sms" as const, acceptRisk: true };
    await setClock(605);
    for (const from of [browser.from, requester]) expect(await bindPhone(token, other, from)).toMatchObject({ ok: false });
    expect(await addPhone(browser.acting, other, browser.from)).toMatchObject({ error: { code: "step_up_required" } });
    await setClock(0);
    for (const from of [browser.from, requester])
      expect(await bindPhone(token, other, from)).toMatchObject({ error: { code: "challenge_missing" } });
    expect((await verifyChallenge(token, { code }, browser.from)).ok).toBe(true);
  });

  it("of another account cannot be named, replaced or removed (I14)", async () => {
    const [mine, theirs] = [await makeAccount(), await makeAccount()];
    const browser = await factors(mine);
    for (const act of [
      () => changePhone(browser.acting, theirs.phoneId, { name: "x" }, browser.from),
      () => removePhone(browser.acting, theirs.phoneId, browser.from),
      () => addPhone(browser.acting, { number: freshNumber(), channel: "sms", acceptRisk: true, replaces: theirs.phoneId }, browser.from),
    ])
      expect(await act()).toMatchObject({ error: { code: "not_found" } });
  });
});

describe("The number of a phone", () => {
  it("is changed by the code to the new one, told to the old one and the address before, and the sessions of the old one end (C07, E05, D15)", async () => {
    const account = await makeAccount();
    const other = await signInOn(account);
    const browser = await factors(account);
    const { token } = await begin(browser, freshNumber(), account.phoneId);
    expect([
      await told(account.userId, "notice.phone_change_started"),
      await told(account.userId, "notice.phone_change_started", "SMS"),
    ]).toEqual([1, 1]);
    expect((await listPhones(account.userId)).map(({ id }) => id)).toEqual([account.phoneId]);
    must(await verifyChallenge(token, { code: await codeOf(token) }, browser.from));
    const phones = await listPhones(account.userId);
    expect([phones.length, phones[0]?.id === account.phoneId]).toEqual([1, false]);
    expect(await isAlive(other)).toBe(false);
    expect(await told(account.userId, "notice.phone_replaced")).toBe(1);
  });

  it("is changed also where the account has as many phones as it may have", async () => {
    const account = await makeAccount();
    for (let phone = 0; phone < 4; phone += 1) await bindNumber(account.userId);
    await add(await factors(account), freshNumber(), account.phoneId);
    const phones = await listPhones(account.userId);
    expect([phones.length, phones.some(({ id }) => id === account.phoneId)]).toEqual([5, false]);
  });

  it("is changed in one of two browsers that change it at once (C11)", async () => {
    const account = await makeAccount();
    const [one, two] = [await factors(account), await factors(account)];
    const opened = [await begin(one, freshNumber(), account.phoneId), await begin(two, freshNumber(), account.phoneId)];
    const answers = await Promise.all(
      opened.map(async ({ token }, index) =>
        verifyChallenge(token, { code: await codeOf(token).catch(() => "000000") }, (index === 0 ? one : two).from),
      ),
    );
    expect(answers.filter(({ ok }) => ok).length).toBe(1);
    expect((await listPhones(account.userId)).length).toBe(1);
  });

  it("comes back with its phone by the undo code and the password within seven days, once, and every session ends", async () => {
    const account = await makeAccount();
    const browser = await add(await factors(account), freshNumber(), account.phoneId);
    const typed = await undoCodeOf(account);
    expect(await undoChange({ ...typed, password: "falsch falsch" }, requester)).toMatchObject({ error: { code: "credentials_wrong" } });
    expect(await undoChange({ ...typed, code: "00000-00000", password: PASSWORD }, requester)).toMatchObject({
      error: { code: "code_wrong" },
    });
    const answers = await together(10, () => undoChange({ ...typed, password: PASSWORD }, requester));
    expect(answers.filter(({ ok }) => ok).length).toBe(1);
    expect((await listPhones(account.userId)).map(({ id }) => id)).toEqual([account.phoneId]);
    expect(await isAlive(browser)).toBe(false);
    const token = await passPassword(account);
    expect((await verifyChallenge(token, { code: await codeOf(token) }, requester)).ok).toBe(true);
  });

  it("stays changed when seven days have passed", async () => {
    const account = await makeAccount();
    await add(await factors(account), freshNumber(), account.phoneId);
    const typed = await undoCodeOf(account);
    await setClock(7 * 86_400 + 5);
    expect(await undoChange({ ...typed, password: PASSWORD }, requester)).toMatchObject({ error: { code: "code_wrong" } });
  });
});

describe("Removing a phone", () => {
  it("is refused for the last second factor, also for one of two removed at once (FA-01, C12)", async () => {
    const account = await makeAccount();
    const alone = await factors(account);
    expect(await removePhone(alone.acting, account.phoneId, alone.from)).toMatchObject({ error: { code: "last_factor" } });
    const { phoneId } = await bindNumber(account.userId);
    const both = await Promise.all([account.phoneId, phoneId].map((id) => removePhone(alone.acting, id, alone.from)));
    expect(both.filter(({ ok }) => ok).length).toBe(1);
    expect((await listPhones(account.userId)).length).toBe(1);
  });

  it("ends the sessions that rest on it at once, except the acting one, and can be undone (D15)", async () => {
    const account = await makeAccount();
    const first = await signInOn(account);
    const browser = await add(await factors(account));
    const from = renewed(browser.from, must(await removePhone(browser.acting, account.phoneId, browser.from)));
    expect([await isAlive(first), await isAlive({ ...browser, from })]).toEqual([false, true]);
    expect(await told(account.userId, "notice.phone_removed")).toBe(1);
    // The phone that stays and the one that is gone.
    expect(await told(account.userId, "notice.phone_removed", "SMS")).toBe(2);
    must(await undoChange({ ...(await undoCodeOf(account)), password: PASSWORD }, requester));
    expect((await listPhones(account.userId)).map(({ id }) => id)).toContain(account.phoneId);
  });
});
