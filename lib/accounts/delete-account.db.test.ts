import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { cancelDeletion, deleteDue, deletionOf, requestDeletion } from "#lib/accounts/delete-account";
import { stopAccount } from "#lib/accounts/notice-codes";
import { beginReset } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { recentActivity } from "#lib/audit/activity";
import { noteChange } from "#lib/authenticators/changes";
import { removePhone } from "#lib/authenticators/phones/removed-phone";
import { keyedHash } from "#lib/crypto/hash";
import { numberHash } from "#lib/crypto/number-seal";
import { sql, transaction } from "#lib/db/sql";
import { openNoticeCodes, type StoredNoticeCode } from "#lib/delivery/wording/notice-codes";
import { demoMessages } from "#lib/demo/inbox";
import { tasks } from "#lib/jobs/tasks";
import { verifyChallenge } from "#lib/purposes/challenges";
import { noteStepUp } from "#lib/sessions/step-up";
import {
  type Account,
  bindNumber,
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
import { doJobs } from "#lib/testing/plans";

const DAY = 86_400;

/** A person who signed in and proved a second factor for the deletion. */
async function stepped(account: Account) {
  const token = await passPassword(account);
  const { session } = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
  await noteStepUp(sql, session.sessionId, "delete_account");
  return { userId: account.userId, sessionId: session.sessionId, locale: "ja" };
}

async function work(): Promise<void> {
  for (let round = 0; !(await deleteDue()); round += 1) expect(round).toBeLessThan(50);
}
const there = ({ userId }: Account) => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM users WHERE id = ${userId}::uuid`);
const told = ({ userId }: Account, template: string) =>
  count(
    sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND template = ${template} AND channel = 'EMAIL'`,
  );

/** The tables with a row in which one of these texts stands, bytes as hexadecimal digits. */
async function namedIn(needles: string[]): Promise<string[]> {
  const tables = await sql<{ name: string }>`
    SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'graphile_worker') ORDER BY 1`;
  const found: string[] = [];
  for (const { name } of tables) {
    const text = `SELECT 1 FROM ${name} t WHERE to_jsonb(t)::text ~ $ LIMIT 1`.split("$");
    const rows = await sql(Object.assign(text, { raw: text }) as unknown as TemplateStringsArray, needles.join("|"));
    if (rows.length > 0) found.push(name);
  }
  return found;
}

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("The deletion of an account", () => {
  it("takes a step-up of its own class, is told, and asked again answers the same moment", async () => {
    const account = await makeAccount();
    const person = await stepped(account);
    await sql`UPDATE step_ups SET action = 'export_data' WHERE session_id = ${person.sessionId}::uuid`;
    expect(await requestDeletion(person, requester)).toMatchObject({ error: { code: "step_up_required", action: "delete_account" } });
    await noteStepUp(sql, person.sessionId, "delete_account");
    const { deleteAt } = must(await requestDeletion(person, requester));
    await setClock(60);
    expect(must(await requestDeletion(person, requester)).deleteAt).toEqual(deleteAt);
    expect(Math.round((deleteAt.getTime() - Date.now()) / (DAY * 1000))).toBe(30);
    expect(await told(account, "notice.deletion_requested")).toBe(1);
    must(await cancelDeletion(person, requester));
    must(await cancelDeletion(person, requester));
    expect([await deletionOf(account.userId), await told(account, "notice.deletion_cancelled")]).toEqual([null, 1]);
  });

  it("happens after thirty days and not before, with one reminder at seven days and one at a day", async () => {
    const account = await makeAccount();
    must(await requestDeletion(await stepped(account), requester));
    const reminders: number[] = [];
    for (const days of [0, 22.9, 23.1, 25, 28.9, 29.1, 29.9]) {
      await setClock(Math.round(days * DAY));
      await Promise.all([work(), work(), work()]);
      reminders.push(await told(account, "notice.deletion_soon"));
    }
    expect(reminders).toEqual([0, 0, 1, 1, 1, 2, 2]);
    expect(await there(account)).toBe(1);
    expect(must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).view.methods).not.toEqual([]);
    await setClock(30 * DAY + 60);
    await Promise.all([work(), work(), work()]);
    expect(await there(account)).toBe(0);
    const events = await sql<{ n: number }>`SELECT count(*)::int AS n FROM audit_events WHERE event = 'account.deleted'`;
    expect(events[0]?.n).toBe(1);
  });

  it("tells once what became due while no worker ran", async () => {
    const account = await makeAccount();
    must(await requestDeletion(await stepped(account), requester));
    await setClock(29.5 * DAY);
    await work();
    expect(await told(account, "notice.deletion_soon")).toBe(1);
    await sql`DELETE FROM users WHERE id = ${account.userId}::uuid`;
  });

  it("is deleted by the job of its own", async () => {
    const account = await makeAccount();
    await sql`UPDATE users SET delete_at = app_now() - interval '1 second' WHERE id = ${account.userId}::uuid`;
    await tasks.due_accounts?.({}, {} as never);
    expect(await there(account)).toBe(0);
  });

  it("does not happen to an account that was kept while its worker held it, nor while guarded acts are stopped", async () => {
    const account = await makeAccount();
    await sql`UPDATE users SET delete_at = app_now() - interval '1 second' WHERE id = ${account.userId}::uuid`;
    let working: Promise<void> = Promise.resolve();
    await transaction(async (tx) => {
      await tx`UPDATE users SET delete_at = NULL WHERE id = ${account.userId}::uuid`;
      working = work();
      await expect.poll(() => sql`SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1`, { timeout: 5_000 }).toHaveLength(1);
    });
    await working;
    expect(await there(account)).toBe(1);
    await sql`UPDATE users SET delete_at = app_now() - interval '1 second', restricted_until = app_now() + interval '1 hour' WHERE id = ${account.userId}::uuid`;
    await work();
    expect(await there(account)).toBe(1);
    await setClock(3700);
    await work();
    expect(await there(account)).toBe(0);
  });

  it("is stopped by the code of its mail", async () => {
    const account = await makeAccount();
    must(await requestDeletion(await stepped(account), requester));
    const stored = await sql<StoredNoticeCode>`
      SELECT n.id, n.kind, n.reference, n.sealed FROM notice_codes n JOIN messages m ON m.id = n.message_id
      WHERE n.user_id = ${account.userId}::uuid AND m.template = 'notice.deletion_requested' AND n.channel = 'EMAIL'`;
    const { reference, stopCode } = openNoticeCodes(stored, account.userId);
    must(await stopAccount({ reference: reference ?? "", code: stopCode ?? "" }, requester));
    expect(await deletionOf(account.userId)).toBeNull();
    await setClock(31 * DAY);
    await work();
    expect(await there(account)).toBe(1);
  });
});

describe("A deleted account", () => {
  it("is named by no row of any table but the audit log's pseudonym, which means nobody", async () => {
    const account = await makeAccount();
    const { userId, email, e164, phoneId } = account;
    const [second, replaced] = [`second-${email}`, `old-${email}`];
    const [more, other] = [await bindNumber(userId), await makeAccount()];
    await sql`INSERT INTO recovery_addresses (user_id, email, counts_from) VALUES (${userId}::uuid, ${second}, app_now())`;
    const person = await stepped(account);
    const removed = await transaction((tx) => removePhone(tx, userId, more.phoneId));
    await noteChange(sql, { userId, kind: "phone_removed", removed });
    await noteChange(sql, { userId, kind: "email_changed", oldEmail: replaced });
    await sql`INSERT INTO consents (user_id, document, version) VALUES (${userId}::uuid, 'terms', '1')`;
    await sql`INSERT INTO user_groups (user_id, name) VALUES (${userId}::uuid, 'staff')`;
    await sql`INSERT INTO address_releases (user_id, due_at) VALUES (${userId}::uuid, app_now())`;
    await sql`INSERT INTO takeovers (from_user_id, to_user_id, number_hash, due_at) VALUES (${userId}::uuid, ${other.userId}::uuid, ${numberHash(e164)}, app_now())`;
    await sql`
      WITH incident AS (INSERT INTO incidents (reason, by) VALUES ('test', 'test') RETURNING id)
      INSERT INTO incident_accounts (incident_id, user_id) SELECT id, ${userId}::uuid FROM incident`;
    must(await signUp({ email, password: PASSWORD, locale: "ja" }, requester));
    must(await beginReset({ identifier: email, locale: "ja" }, requester));
    must(await requestDeletion(person, requester));
    await sql`INSERT INTO limit_hits (policy, subject, owner) VALUES ('test', 'x', ${userId}::uuid)`;
    await sql`
      WITH c AS (
        INSERT INTO recovery_cases (reference, user_id, state, reason, ip, user_agent, expires_at, ended_at)
        VALUES ('R-TEST0000', ${userId}::uuid, 'cancelled', 'lost', '', '', app_now(), app_now()) RETURNING id)
      INSERT INTO recovery_case_steps (case_id, act) SELECT id, 'cancelled' FROM c`;
    await sql`INSERT INTO account_countries (user_id, country) VALUES (${userId}::uuid, 'JP')`;
    await sql`INSERT INTO staff_invites (email, role, token_hash, invited_by, expires_at) VALUES (${email}, 'support', ${numberHash(e164)}, 'test', app_now())`;
    await sql`
      WITH u AS (UPDATE users SET roles = '{support}' WHERE id = ${userId}::uuid RETURNING audit_subject)
      INSERT INTO staff_grants (subject, role, granted_by) SELECT audit_subject, 'support', 'test' FROM u`;
    await doJobs();
    const needles = [userId, email, replaced, e164.slice(1), phoneId, more.e164.slice(1), more.phoneId];
    const hashes = [email, second, e164].map((to) => keyedHash("index", "demo", to));
    const traces = [...needles, ...[...hashes, numberHash(e164), numberHash(more.e164)].map((hash) => hash.toString("hex"))];
    const before = await namedIn(traces);
    for (const table of [
      "users",
      "messages",
      "challenges",
      "sessions",
      "demo_messages",
      "limit_hits",
      "takeovers",
      "changes",
      "notice_codes",
      "recovery_cases",
      "account_countries",
      "staff_invites",
    ])
      expect(before).toContain(`public.${table}`);
    const [{ subject } = { subject: "" }] = await sql<{
      subject: string;
    }>`SELECT audit_subject AS subject FROM users WHERE id = ${userId}::uuid`;
    await setClock(30 * DAY + 60);
    await work();
    expect(await namedIn(traces)).toEqual([]);
    expect(await namedIn([subject])).toEqual(expect.arrayContaining(["public.audit_events"]));
    // That there was a member of staff, and until when, stays known by the pseudonym: a sole administrator is judged by it.
    expect((await namedIn([subject])).filter((name) => !name.startsWith("public.audit_"))).toEqual(["public.staff_grants"]);
    expect(await sql`SELECT 1 FROM staff_grants WHERE subject = ${subject}::uuid AND revoked_at IS NULL`).toEqual([]);
    expect(
      await sql`SELECT 1 FROM recovery_case_steps s JOIN recovery_cases c ON c.id = s.case_id WHERE c.reference = 'R-TEST0000'`,
    ).toEqual([]);
    for (const to of [email, second, e164]) expect(await demoMessages(to, null)).toEqual([]);
    expect(await there(other)).toBe(1);
  });

  it("leaves its address and its number free, and nothing of it to who registers them next (E17)", async () => {
    const account = await makeAccount();
    const old = await passPassword(account);
    must(await requestDeletion(await stepped(account), requester));
    await setClock(30 * DAY + 60);
    await work();
    expect(await verifyChallenge(old, { code: "123456" }, requester)).toMatchObject({ ok: false });
    const { token } = must(await signUp({ email: account.email, password: "夕顔 ひそかに 咲く", locale: "ja" }, requester));
    const proven = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    const binding = proven.next === "bind_phone" ? proven.challengeToken : "";
    must(await bindPhone(binding, { number: account.e164, channel: "sms", acceptRisk: true }, requester));
    const { session } = signedIn(must(await verifyChallenge(binding, { code: await codeOf(binding) }, requester)));
    expect(session.user.id).not.toBe(account.userId);
    const events = await recentActivity(session.user.id, 100);
    expect(events.map(({ event }) => event)).not.toContain("deletion.requested");
    const rows = await sql<{ sessions: number; phones: number; devices: number }>`
      SELECT (SELECT count(*)::int FROM sessions WHERE user_id = u.id) AS sessions, (SELECT count(*)::int FROM known_devices WHERE user_id = u.id) AS devices,
        (SELECT count(*)::int FROM account_phones WHERE user_id = u.id) AS phones FROM users u WHERE u.email = ${account.email}`;
    expect(rows).toEqual([{ sessions: 1, phones: 1, devices: 1 }]);
    expect(await signIn({ identifier: account.email, password: PASSWORD }, requester)).toMatchObject({
      error: { code: "credentials_wrong" },
    });
  });

  it("is deleted once by many workers at once, and each of many accounts", async () => {
    const accounts = await Promise.all([makeAccount(), makeAccount(), makeAccount()]);
    for (const { userId } of accounts) await sql`UPDATE users SET delete_at = app_now() - interval '1 second' WHERE id = ${userId}::uuid`;
    const before = await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM audit_events WHERE event = 'account.deleted'`);
    await together(5, work);
    expect(await Promise.all(accounts.map(there))).toEqual([0, 0, 0]);
    const after = await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM audit_events WHERE event = 'account.deleted'`);
    expect(after - before).toBe(3);
  });
});
