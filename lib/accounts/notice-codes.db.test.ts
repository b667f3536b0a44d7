import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginEmailChange, removeRecoveryAddress } from "#lib/accounts/change-email";
import { changePassword } from "#lib/accounts/change-password";
import { requestDeletion } from "#lib/accounts/delete-account";
import { stopAccount, undoChange } from "#lib/accounts/notice-codes";
import { beginReset } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { noticeCodePlace } from "#lib/delivery/wording/notice-codes";
import { verifyChallenge } from "#lib/purposes/challenges";
import { type Account, codeOf, forgetLimits, makeAccount, must, PASSWORD, requester, setClock, together } from "#lib/testing/fixtures";
import { type Browser, isAlive, signInOn, stepUp, told } from "#lib/testing/signed-in";

const NEW = "夕顔 ひそかに 咲く";

type Typed = { reference: string; code: string; recipient: string | null };

/** The codes of an account's notices of one kind by one channel, the latest first. */
async function codesOf({ userId }: Account, kind: "stop" | "undo", channel: "EMAIL" | "SMS"): Promise<Typed[]> {
  const rows = await sql<{ id: string; reference: string; sealed: string; recipient: string | null }>`
    SELECT n.id, n.reference, n.sealed, m.recipient FROM notice_codes n JOIN messages m ON m.id = n.message_id
    WHERE n.user_id = ${userId}::uuid AND n.kind = ${kind} AND n.channel = ${channel}::channel ORDER BY m.created_at DESC`;
  return rows.map(({ id, reference, sealed, recipient }) => ({ reference, code: unseal(sealed, noticeCodePlace(id, userId)), recipient }));
}

const latest = async (account: Account, kind: "stop" | "undo", channel: "EMAIL" | "SMS"): Promise<Typed> => {
  const [code] = await codesOf(account, kind, channel);
  if (!code) throw new Error("no such code");
  return code;
};
const tell = ({ userId }: Account) => transaction((tx) => queueNotice(tx, { userId, template: "notice.password_changed", locale: "ja" }));
const restriction = async ({ userId }: Account) =>
  (
    await sql<{
      hours: number | null;
    }>`SELECT round(extract(epoch FROM restricted_until - app_now()) / 3600)::int AS hours FROM users WHERE id = ${userId}::uuid`
  )[0]?.hours;

/** Changes the address, or adds a second one, by the code to it. */
async function newAddress(browser: Browser, email: string, as: "address" | "recovery" = "address") {
  const { token } = must(await beginEmailChange(browser.acting, { email, as }, browser.from));
  return verifyChallenge(token, { code: await codeOf(token) }, browser.from);
}

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A stop code", () => {
  it("of a mail cancels what is pending and ends every session, once and within seven days", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "delete_account");
    must(await requestDeletion(browser.acting, browser.from));
    const typed = await latest(account, "stop", "EMAIL");
    const answers = await together(10, () => stopAccount({ ...typed, code: typed.code.toLowerCase() }, requester));
    expect(answers.filter(({ ok }) => ok).length).toBe(1);
    expect(await isAlive(browser)).toBe(false);
    const [row] = await sql`SELECT delete_at, restricted_until FROM users WHERE id = ${account.userId}::uuid`;
    expect(row).toEqual({ deleteAt: null, restrictedUntil: null });
    await tell(account);
    const late = await latest(account, "stop", "EMAIL");
    await setClock(7 * 86_400 + 5);
    expect(await stopAccount(late, requester)).toMatchObject({ error: { code: "code_wrong" } });
  });

  it("of a text only freezes: sessions end, guarded acts stop for 72 hours, and what is pending goes on", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "delete_account");
    must(await requestDeletion(browser.acting, browser.from));
    expect(await stopAccount(await latest(account, "stop", "SMS"), requester)).toEqual({ ok: true, value: "blocked" });
    expect(await told(account.userId, "notice.blocked")).toBe(1);
    expect(await told(account.userId, "notice.stopped")).toBe(0);
    expect([await isAlive(browser), await restriction(account)]).toEqual([false, 72]);
    const [row] = await sql<{ deleteAt: Date | null }>`SELECT delete_at FROM users WHERE id = ${account.userId}::uuid`;
    expect(row?.deleteAt).not.toBeNull();
    const again = await stepUp(await signInOn(account), "change_password");
    expect(await changePassword(again.acting, NEW, again.from)).toMatchObject({ error: { code: "account_restricted" } });
  });

  it("of a mail ends a reset that somebody has begun, with its mailed code", async () => {
    const account = await makeAccount();
    await tell(account);
    const { token } = must(await beginReset({ identifier: account.email, locale: "ja" }, requester));
    const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${account.userId}::uuid`;
    must(await stopAccount(await latest(account, "stop", "EMAIL"), requester));
    const code = unseal(row?.sealed ?? "", resetCodePlace(account.userId));
    expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ error: { code: "code_wrong" } });
  });

  it("is never refused when it is right, whatever was typed wrong from the same address before", async () => {
    const account = await makeAccount();
    await tell(account);
    const typed = await latest(account, "stop", "EMAIL");
    const codes = new Set<string>();
    for (let guess = 0; guess < 25; guess += 1) {
      const refused = await stopAccount({ reference: typed.reference, code: "0000000000" }, requester);
      if (!refused.ok) codes.add(refused.error.code);
    }
    expect([...codes]).toEqual(["code_wrong", "too_many_requests"]);
    expect(await stopAccount({ reference: "N-00000000", code: typed.code }, requester)).toMatchObject({ ok: false });
    must(await stopAccount(typed, requester));
  });
});

describe("A changed address", () => {
  it("is the account's once its code is proven; the old one gets the undo code, the new one does not (E16)", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "change_email");
    const email = `new-${account.email}`;
    const verified = must(await newAddress(browser, email));
    expect(verified).toMatchObject({ next: "done", session: { user: { email } } });
    expect((await codesOf(account, "undo", "EMAIL")).map(({ recipient }) => recipient)).toEqual([account.email]);
    expect(await told(account.userId, "notice.email_changed")).toBe(2);
    expect((await signIn({ identifier: email, password: PASSWORD }, requester)).ok).toBe(true);
    must(await undoChange({ ...(await latest(account, "undo", "EMAIL")), password: PASSWORD }, requester));
    expect((await signIn({ identifier: account.email, password: PASSWORD }, requester)).ok).toBe(true);
  });

  it("that has an account is told to be taken only after its code, and by one of two that prove it at once", async () => {
    const [mine, theirs] = [await makeAccount(), await makeAccount()];
    const browser = await stepUp(await signInOn(mine), "change_email");
    const { token, view } = must(await beginEmailChange(browser.acting, { email: theirs.email }, browser.from));
    expect(view.delivery).toMatchObject({ method: "email", status: "queued" });
    expect(await verifyChallenge(token, { code: await codeOf(token) }, browser.from)).toMatchObject({ error: { code: "email_taken" } });
    const free = `free-${mine.email}`;
    const other = await stepUp(await signInOn(theirs), "change_email");
    const both = await Promise.all([newAddress(browser, free), newAddress(other, free)]);
    expect(both.filter(({ ok }) => ok).length).toBe(1);
  });

  it("does not wait in a circle with a sign-in that ends the session of the same browser", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "change_email");
    const { token } = must(await beginEmailChange(browser.acting, { email: `new-${account.email}` }, browser.from));
    const code = await codeOf(token);
    const changing = await transaction(async (tx) => {
      // Locks in the order of a sign-in: the account first, then the session.
      await tx`SELECT 1 FROM users WHERE id = ${account.userId}::uuid FOR KEY SHARE`;
      const verified = verifyChallenge(token, { code }, browser.from);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await tx`DELETE FROM sessions WHERE id = ${browser.acting.sessionId}::uuid`;
      return { verified: Promise.allSettled([verified]) };
    });
    expect(await changing.verified).toMatchObject([{ status: "fulfilled", value: { error: { code: "challenge_expired" } } }]);
  });

  it("needs the code of its own address: one that was mailed to another proves nothing", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "change_email");
    const first = must(await beginEmailChange(browser.acting, { email: `a-${account.email}` }, browser.from));
    const code = await codeOf(first.token);
    const second = must(await beginEmailChange(browser.acting, { email: `b-${account.email}` }, browser.from));
    if ((await codeOf(second.token)) !== code)
      expect(await verifyChallenge(second.token, { code }, browser.from)).toMatchObject({ error: { code: "code_wrong" } });
    expect(await verifyChallenge(first.token, { code }, browser.from)).toMatchObject({ ok: false });
  });
});

describe("A second address", () => {
  it("is told when another one takes its place", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "change_email");
    const [first, second] = [`first-${account.email}`, `second-${account.email}`];
    const verified = must(await newAddress(browser, first, "recovery"));
    const after = { ...browser, from: { ...browser.from, sessionToken: "sessionToken" in verified ? verified.sessionToken : "" } };
    must(await newAddress(after, second, "recovery"));
    const rows = await sql<{ recipient: string }>`
      SELECT recipient FROM messages WHERE user_id = ${account.userId}::uuid AND template = 'notice.recovery_address_added' AND recipient IS NOT NULL`;
    expect(rows.map(({ recipient }) => recipient).toSorted()).toEqual([first, first, second]);
  });

  it("counts for recovery after seven days, gets every notice, and is removed after step-up", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "change_email");
    const email = `second-${account.email}`;
    const verified = must(await newAddress(browser, email, "recovery"));
    const after = { ...browser, from: { ...browser.from, sessionToken: "sessionToken" in verified ? verified.sessionToken : "" } };
    const [row] = await sql<{
      counts: boolean;
    }>`SELECT counts_from > app_now() + interval '6 days' AS counts FROM recovery_addresses WHERE user_id = ${account.userId}::uuid`;
    expect(row?.counts).toBe(true);
    await tell(account);
    expect((await codesOf(account, "stop", "EMAIL")).map(({ recipient }) => recipient)).toContain(email);
    must(await removeRecoveryAddress(after.acting, after.from));
    expect(await sql`SELECT 1 FROM recovery_addresses WHERE user_id = ${account.userId}::uuid`).toEqual([]);
  });
});

describe("A changed password", () => {
  it("ends every other session, challenge and known device, and this session has a new token (B08)", async () => {
    const account = await makeAccount();
    const [other, browser] = [await signInOn(account), await stepUp(await signInOn(account), "change_password")];
    const changed = must(await changePassword(browser.acting, NEW, browser.from));
    expect([await isAlive(other), await isAlive(browser)]).toEqual([false, false]);
    expect(await isAlive({ ...browser, from: { ...browser.from, sessionToken: changed.opened.token } })).toBe(true);
    expect(await signIn({ identifier: account.email, password: PASSWORD }, requester)).toMatchObject({
      error: { code: "credentials_wrong" },
    });
    expect([await told(account.userId, "notice.password_changed"), await told(account.userId, "notice.password_changed", "SMS")]).toEqual([
      1, 1,
    ]);
  });

  it("is refused by the rules of passwords before anything is asked", async () => {
    const account = await makeAccount();
    const browser = await signInOn(account);
    expect(await changePassword(browser.acting, "password", browser.from)).toMatchObject({ error: { code: "invalid_input" } });
  });
});
