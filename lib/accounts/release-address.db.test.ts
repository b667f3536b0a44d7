import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stopAccount } from "#lib/accounts/notice-codes";
import { releaseDue, releaseOf, requestRelease } from "#lib/accounts/release-address";
import { beginReset } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { resumeAccount, suspendAccount } from "#lib/accounts/suspend";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { openNoticeCodes, type StoredNoticeCode } from "#lib/delivery/wording/notice-codes";
import { tasks } from "#lib/jobs/tasks";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { readSession } from "#lib/sessions/read-session";
import {
  type Account,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  signedIn,
  together,
} from "#lib/testing/fixtures";

const DAY = 86_400;

/** A reset whose mailed code was proven, and which waits for a factor. */
async function atFactor({ userId, email }: Account): Promise<string> {
  const { token } = must(await beginReset({ identifier: email, locale: "ja" }, requester));
  const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${userId}::uuid`;
  const proven = must(await verifyChallenge(token, { code: unseal(row?.sealed ?? "", resetCodePlace(userId)) }, requester));
  return "challengeToken" in proven ? proven.challengeToken : "";
}

const ask = async (account: Account) => must(await requestRelease(await atFactor(account), {}, requester));
const open = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM address_releases WHERE user_id = ${userId}::uuid`);
const told = ({ userId }: Account, channel: "EMAIL" | "SMS") =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND template = 'notice.address_release' AND channel = ${channel}::channel`);
const closed = async ({ userId }: Account) =>
  (
    await sql`SELECT 1 FROM users WHERE id = ${userId}::uuid AND closed_at IS NOT NULL AND disabled_at IS NOT NULL AND email = 'closed/' || id`
  ).length === 1;

async function work(): Promise<void> {
  for (let round = 0; !(await releaseDue()); round += 1) expect(round).toBeLessThan(50);
}

async function signInNow(account: Account): Promise<string> {
  const token = await passPassword(account);
  return signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester))).sessionToken;
}

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("The release of an address", () => {
  it("is asked for in a reset whose mailed code was proven, and in no other challenge", async () => {
    const account = await makeAccount();
    const mailed = must(await beginReset({ identifier: account.email, locale: "ja" }, requester)).token;
    for (const token of [mailed, await passPassword(account), "none", ""]) {
      expect(await releaseOf(token)).toBeNull();
      expect(await requestRelease(token, {}, requester)).toMatchObject({ error: { code: "challenge_missing" } });
    }
    const proven = await atFactor(account);
    expect(await requestRelease(proven, { drawnFor: "00000000-0000-0000-0000-000000000000" }, requester)).toMatchObject({
      error: { code: "form_of_another" },
    });
    expect([await releaseOf(proven), await open(account)]).toEqual([{ dueAt: null }, 0]);
    const { dueAt } = must(await requestRelease(proven, {}, requester));
    expect(Math.round((dueAt.getTime() - Date.now()) / 1000 / DAY)).toBe(30);
    expect(await releaseOf(proven)).toEqual({ dueAt });
    await sql`UPDATE users SET epoch = epoch + 1 WHERE id = ${account.userId}::uuid`;
    expect(await requestRelease(proven, {}, requester)).toMatchObject({ ok: false });
  });

  it("answers the same moment to twenty who ask at once and to who asks later, and tells every address and phone once", async () => {
    const account = await makeAccount();
    await sql`INSERT INTO recovery_addresses (user_id, email, counts_from) VALUES (${account.userId}::uuid, ${`2-${account.email}`}, app_now())`;
    const token = await atFactor(account);
    const answers = await together(20, () => requestRelease(token, {}, requester));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await setClock(DAY);
    expect(await ask(account)).toEqual(must(answers[0] ?? { ok: false, error: null }));
    expect([await told(account, "EMAIL"), await told(account, "SMS")]).toEqual([2, 1]);
  });

  it("waits for an account that is restricted, or given a role, after it was found to be due", async () => {
    for (const meanwhile of [
      (tx: Sql, userId: string) => tx`UPDATE users SET restricted_until = 'infinity' WHERE id = ${userId}::uuid`,
      (tx: Sql, userId: string) => tx`UPDATE users SET roles = '{support}' WHERE id = ${userId}::uuid`,
    ]) {
      const account = await makeAccount();
      await sql`
        INSERT INTO address_releases (user_id, due_at, told) VALUES (${account.userId}::uuid, app_now() - interval '1 minute', 3)`;
      let decide = () => {};
      const decided = new Promise<void>((resolve) => {
        decide = resolve;
      });
      const other = transaction(async (tx) => {
        await meanwhile(tx, account.userId);
        await decided;
      });
      await expect
        .poll(() => sql`SELECT 1 FROM pg_locks WHERE relation = 'users'::regclass AND mode = 'RowExclusiveLock' LIMIT 1`)
        .toHaveLength(1);
      const closing = releaseDue();
      await expect.poll(() => sql`SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1`, { timeout: 5_000 }).toHaveLength(1);
      decide();
      await Promise.all([other, closing]);
      expect([await closed(account), await open(account)]).toEqual([false, 1]);
      await sql`UPDATE users SET roles = '{}' WHERE id = ${account.userId}::uuid`;
      await sql`DELETE FROM address_releases WHERE user_id = ${account.userId}::uuid`;
    }
  });

  it("is told again after 7, 21 and 29 days, each once, and leaves the account closed and its address free after thirty", async () => {
    const account = await makeAccount();
    const session = await signInNow(account);
    await ask(account);
    const mails: number[] = [];
    for (const days of [6, 7, 20, 21, 28, 29]) {
      await setClock(days * DAY + 600);
      await Promise.all([work(), work(), work()]);
      mails.push(await told(account, "EMAIL"));
    }
    expect(mails).toEqual([1, 2, 2, 3, 3, 4]);
    expect(await told(account, "SMS")).toBe(4);
    expect(await closed(account)).toBe(false);
    await setClock(30 * DAY + 600);
    await sql`UPDATE sessions SET expires_at = app_now() + interval '1 day', last_seen_at = app_now() WHERE user_id = ${account.userId}::uuid`;
    expect(await readSession(session)).not.toBeNull();
    await Promise.all([work(), work(), work()]);
    expect([await closed(account), await open(account), await readSession(session)]).toEqual([true, 0, null]);
    expect(await signIn({ identifier: account.email, password: PASSWORD }, requester)).toMatchObject({
      error: { code: "credentials_wrong" },
    });
    expect(await signIn({ identifier: account.e164, password: PASSWORD }, requester)).toMatchObject({
      error: { code: "credentials_wrong" },
    });
    const { token } = must(await signUp({ email: account.email, password: PASSWORD, locale: "ja" }, requester));
    must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    const [fresh] = await sql<{ id: string }>`SELECT id FROM users WHERE email = ${account.email}`;
    expect(fresh?.id).not.toBe(account.userId);
    const events = sql<{ n: number }>`
      SELECT count(*)::int AS n FROM audit_events WHERE event = 'address.released' AND subject = (SELECT audit_subject FROM users WHERE id = ${account.userId}::uuid)`;
    expect(await count(events)).toBe(1);
  });

  it("tells once what became due while no worker ran, and is done by the job of its own", async () => {
    const account = await makeAccount();
    await ask(account);
    await setClock(29 * DAY + 600);
    await work();
    expect(await told(account, "EMAIL")).toBe(2);
    await setClock(30 * DAY + 600);
    await tasks.due_accounts?.({}, {} as never);
    expect(await closed(account)).toBe(true);
  });

  it("is cancelled by any sign-in of the account, and by a password alone it is not", async () => {
    const account = await makeAccount();
    await ask(account);
    await passPassword(account);
    expect(await open(account)).toBe(1);
    await signInNow(account);
    expect(await open(account)).toBe(0);
    await setClock(31 * DAY);
    await work();
    expect(await closed(account)).toBe(false);
  });

  it("is cancelled by the stop code of its mail", async () => {
    const account = await makeAccount();
    await ask(account);
    const stored = await sql<StoredNoticeCode>`
      SELECT n.id, n.kind, n.reference, n.sealed FROM notice_codes n JOIN messages m ON m.id = n.message_id
      WHERE n.user_id = ${account.userId}::uuid AND m.template = 'notice.address_release' AND n.channel = 'EMAIL'`;
    const { reference, stopCode } = openNoticeCodes(stored, account.userId);
    must(await stopAccount({ reference: reference ?? "", code: stopCode ?? "" }, requester));
    expect(await open(account)).toBe(0);
  });

  it("is decided between a sign-in and the job by who comes first, and never by both", async () => {
    const account = await makeAccount();
    await ask(account);
    const token = await passPassword(account);
    const code = await codeOf(token);
    await sql`UPDATE address_releases SET due_at = app_now() - interval '1 second' WHERE user_id = ${account.userId}::uuid`;
    let working: Promise<void> = Promise.resolve();
    await transaction(async (tx) => {
      // A sign-in that is being committed: it holds the account and has cancelled.
      await tx`UPDATE users SET factor_failures = 0 WHERE id = ${account.userId}::uuid`;
      await tx`DELETE FROM address_releases WHERE user_id = ${account.userId}::uuid`;
      working = work();
      await expect.poll(() => sql`SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1`, { timeout: 5_000 }).toHaveLength(1);
    });
    await working;
    expect(await closed(account)).toBe(false);
    await ask(account);
    await sql`UPDATE address_releases SET due_at = app_now() - interval '1 second' WHERE user_id = ${account.userId}::uuid`;
    await work();
    expect(await closed(account)).toBe(true);
    expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ ok: false });
    expect((await readChallenge(token))?.state).toBe("replaced");
  });

  it("waits while the account is suspended or guarded acts are stopped, and a closed account is never resumed", async () => {
    const account = await makeAccount();
    await ask(account);
    await setClock(31 * DAY);
    must(await suspendAccount(account.email, "test"));
    await work();
    expect(await closed(account)).toBe(false);
    must(await resumeAccount(account.email, "test"));
    await sql`UPDATE users SET restricted_until = 'infinity' WHERE id = ${account.userId}::uuid`;
    await work();
    expect(await closed(account)).toBe(false);
    await sql`UPDATE users SET restricted_until = NULL WHERE id = ${account.userId}::uuid`;
    await work();
    expect(await closed(account)).toBe(true);
    expect(await resumeAccount(`closed/${account.userId}`, "test")).toMatchObject({ ok: false });
  });
});
