import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requestDeletion } from "#lib/accounts/delete-account";
import { releaseDue } from "#lib/accounts/release-address";
import { resumeAccount, suspendAccount } from "#lib/accounts/suspend";
import { decideCase } from "#lib/console/cases";
import {
  grantByCommand,
  grantPerson,
  inviteByCommand,
  invitePerson,
  revokeByCommand,
  revokePerson,
  withdrawInvitation,
} from "#lib/console/people";
import { sql, transaction } from "#lib/db/sql";
import { noticeFacts } from "#lib/delivery/messages/notice-facts";
import { type NoticeTemplate, noticeMail } from "#lib/delivery/wording/notices";
import type { Refused } from "#lib/errors";
import type { Result } from "#lib/result";
import { readSession } from "#lib/sessions/read-session";
import { acceptInvite, hasAdministrator, inviteStaff, listInvites, readInvite } from "#lib/staff/invites";
import { listMembers, readAlone } from "#lib/staff/people";
import { type Account, count, forgetLimits, makeAccount, must, requester, setClock, together } from "#lib/testing/fixtures";
import { signInOn, told } from "#lib/testing/signed-in";
import { forgetStaff, oldAccount, requestCase, type StaffMember, staffMember, staffSession } from "#lib/testing/staff";

beforeEach(forgetLimits);
beforeEach(forgetStaff);
afterEach(() => setClock(0));

const BY = "cli:test";
const WHY = "部署が変わりました";
const say = async <T>(done: Promise<Result<T, Refused>>) => {
  const result = await done;
  return result.ok ? "done" : (result.error.reason ?? result.error.code);
};
const rolesOf = async ({ userId }: Account) =>
  (await sql<{ roles: string[] }>`SELECT roles FROM users WHERE id = ${userId}::uuid`)[0]?.roles;
const tokenOf = (path: string) => path.replace("/invite/", "");
const administrators = () =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM users WHERE 'administrator' = ANY(roles) AND disabled_at IS NULL`);

describe("An invitation", () => {
  it("gives its role once, to the invited address, within an hour, and ends the sessions of that account", async () => {
    const admin = await staffMember("administrator");
    const [invited, other] = [await makeAccount(), await makeAccount()];
    const browser = await signInOn(invited);
    const token = tokenOf(must(await invitePerson(admin, { email: invited.email, role: "support" })));
    expect(await readInvite(token)).toMatchObject({ email: invited.email, role: "support", state: "open" });
    expect(await acceptInvite(token, other.userId)).toMatchObject({ error: "other_address" });
    const accepted = await together(5, () => acceptInvite(token, invited.userId));
    expect(accepted.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await rolesOf(invited)).toEqual(["support"]);
    expect(await rolesOf(other)).toEqual([]);
    expect(await readSession(browser.from.sessionToken)).toBeNull();
    expect((await readInvite(token))?.state).toBe("used");
    expect(await told(admin.userId, "notice.staff_changed")).toBeGreaterThan(0);
  });

  it("is stored as a hash, ends after its hour, and ends the one before it to the same address", async () => {
    const { email, userId } = await makeAccount();
    const first = tokenOf(must(await inviteByCommand(email, "administrator", BY)));
    const second = tokenOf(must(await inviteByCommand(email, "administrator", BY)));
    expect(await readInvite(first)).toBeNull();
    expect(await sql`SELECT 1 FROM staff_invites WHERE token_hash = ${Buffer.from(second)}`).toEqual([]);
    await setClock(3601);
    expect((await readInvite(second))?.state).toBe("over");
    expect(await acceptInvite(second, userId)).toMatchObject({ error: "gone" });
    expect(await rolesOf({ userId } as Account)).toEqual([]);
  });

  it("is listed while it can be accepted, and of a withdrawal and an acceptance at once one counts", async () => {
    await sql`DELETE FROM staff_invites`;
    const admin = await staffMember("administrator");
    const [taken, kept] = [await makeAccount(), await makeAccount()];
    const token = tokenOf(must(await invitePerson(admin, { email: kept.email, role: "support" })));
    must(await inviteByCommand(taken.email, "administrator", BY));
    const open = await listInvites();
    expect(open.map(({ email, role, by }) => [email, role, by]).sort()).toEqual(
      [
        [kept.email, "support", admin.account.email],
        [taken.email, "administrator", null],
      ].sort(),
    );
    const id = open.find(({ email }) => email === kept.email)?.id ?? "";
    const [accepted, ...withdrawn] = await Promise.all([
      acceptInvite(token, kept.userId),
      ...Array.from({ length: 5 }, () => say(withdrawInvitation(admin, id))),
    ]);
    expect(withdrawn.filter((one) => one === "done")).toHaveLength(accepted.ok ? 0 : 1);
    expect(await rolesOf(kept)).toEqual(accepted.ok ? ["support"] : []);
    const other = open.find(({ email }) => email === taken.email)?.id ?? "";
    expect(await say(withdrawInvitation(admin, other))).toBe("done");
    expect(await say(withdrawInvitation(admin, other))).toBe("no_change");
    expect(await listInvites()).toEqual([]);
    const [event] = await sql<{
      method: string;
    }>`SELECT method FROM audit_events WHERE event = 'role.invite_withdrawn' ORDER BY id DESC LIMIT 1`;
    expect(event?.method).toMatch(/^administrator staff:/);
  });

  it("that was accepted cannot be withdrawn, and one that is over is not listed", async () => {
    await sql`DELETE FROM staff_invites`;
    const admin = await staffMember("administrator");
    const [used, late] = [await makeAccount(), await makeAccount()];
    const token = tokenOf(must(await invitePerson(admin, { email: used.email, role: "support" })));
    const [invite] = await listInvites();
    must(await acceptInvite(token, used.userId));
    expect(await say(withdrawInvitation(admin, invite?.id ?? ""))).toBe("no_change");
    must(await inviteByCommand(late.email, "support", BY));
    await setClock(3601);
    expect(await listInvites()).toEqual([]);
  });

  it("ends with the role or the account of the administrator who made it", async () => {
    const [revoked, suspended, other] = [
      await staffMember("administrator"),
      await staffMember("administrator"),
      await staffMember("administrator"),
    ];
    const invited = await makeAccount();
    const first = tokenOf(must(await invitePerson(revoked, { email: invited.email, role: "administrator" })));
    must(await revokePerson(other, revoked.userId, WHY));
    expect((await readInvite(first))?.state).toBe("over");
    expect(await acceptInvite(first, invited.userId)).toMatchObject({ error: "gone" });
    const second = tokenOf(must(await invitePerson(suspended, { email: invited.email, role: "support" })));
    must(await suspendAccount(suspended.account.email, BY));
    expect(await acceptInvite(second, invited.userId)).toMatchObject({ error: "gone" });
    const third = tokenOf(must(await invitePerson(other, { email: invited.email, role: "support" })));
    expect(await acceptInvite(third, invited.userId)).toMatchObject({ ok: true });
  });

  it("for the first administrator of a demo counts for one account, whoever is first, and never beside an administrator", async () => {
    const accounts = [await makeAccount(), await makeAccount(), await makeAccount()];
    const tokens = await Promise.all(
      accounts.map(() => transaction((tx) => inviteStaff(tx, { email: null, role: "administrator", by: "demo" }))),
    );
    expect(await hasAdministrator()).toBe(false);
    const accepted = await Promise.all(accounts.map(({ userId }, index) => acceptInvite(tokens[index] ?? "", userId)));
    expect(accepted.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await administrators()).toBe(1);
    const states = await Promise.all(tokens.map(async (token) => (await readInvite(token))?.state));
    expect(states.sort()).toEqual(["over", "over", "used"]);
  });
});

describe("A role", () => {
  it("is given to an account that exists, never to the own one, and not twice", async () => {
    const admin = await staffMember("administrator");
    const { email, ...other } = await makeAccount();
    expect(await say(grantPerson(admin, { email, role: "administrator" }))).toBe("done");
    expect(await say(grantPerson(admin, { email, role: "administrator" }))).toBe("no_change");
    expect(await say(grantPerson(admin, { email: "nobody@example.jp", role: "support" }))).toBe("not_found");
    expect(await say(grantPerson(admin, { email: "no address", role: "support" }))).toBe("email_invalid");
    expect(await say(grantPerson(admin, { email: admin.account.email, role: "support" }))).toBe("own_account");
    expect(await rolesOf({ email, ...other })).toEqual(["administrator"]);
    const member = (await listMembers()).find(({ userId }) => userId === other.userId);
    expect(member).toMatchObject({ roles: ["administrator"], mayApproveAt: expect.any(String) });
  });

  it("that is given again leaves the sessions of its account alone", async () => {
    const { account, sessionId } = await staffMember("support");
    expect(await say(grantByCommand(account.email, "support", BY))).toBe("no_change");
    expect(await sql`SELECT 1 FROM sessions WHERE id = ${sessionId}::uuid`).toHaveLength(1);
  });

  it("that is given, suspended or resumed is told to all staff, those who are suspended too", async () => {
    const [admin, away, support] = [await staffMember("administrator"), await staffMember("administrator"), await staffMember("support")];
    const notices = () => Promise.all([admin, away, support].map(({ userId }) => told(userId, "notice.staff_changed")));
    const before = await notices();
    const since = async () => (await notices()).map((n, index) => n - (before[index] ?? 0));
    must(await suspendAccount(away.account.email, BY));
    expect(await since()).toEqual([1, 1, 1]);
    must(await grantPerson(admin, { email: (await makeAccount()).email, role: "administrator" }));
    expect(await since()).toEqual([2, 2, 2]);
    must(await resumeAccount(away.account.email, BY));
    must(await suspendAccount((await makeAccount()).email, BY));
    expect(await since()).toEqual([3, 3, 3]);
  });

  it("that is given or taken away is mailed with who, what and by whom, and who loses it is led to no page that is closed to them", async () => {
    const [admin, other] = [await staffMember("administrator"), await staffMember("administrator")];
    const newest = async ({ userId }: { userId: string }) => {
      const [row] = await sql<{ id: string; template: NoticeTemplate }>`
        SELECT id, template FROM messages WHERE user_id = ${userId}::uuid ORDER BY created_at DESC LIMIT 1`;
      if (!row) throw new Error("no mail");
      const service = { name: "関所", publicOrigin: "", minutes: 10 };
      const facts = await noticeFacts(row);
      const [ja, en] = (["ja", "en"] as const).map(
        (locale) => noticeMail(row.template, locale, service, new Date(0), undefined, facts).text,
      );
      return { template: row.template, ja, en };
    };
    const { email } = await makeAccount();
    must(await grantPerson(admin, { email, role: "support" }));
    expect((await newest(other)).ja).toContain(`${email} に「サポート」の役割が付きました。\n操作した人: ${admin.account.email}\n`);
    must(await suspendAccount(email, BY));
    expect((await newest(other)).en).toContain(`The account of ${email} was suspended.\nDone by: a command on the server\n`);
    must(await revokePerson(admin, other.userId, WHY));
    expect((await newest(admin)).ja).toContain(`${other.account.email} の役割が取り消されました。\n操作した人: ${admin.account.email}\n`);
    const left = await newest(other);
    expect(left.template).toBe("notice.staff_left");
    expect(left.ja).not.toMatch(/「担当者」|「監査」|@/);
  });

  it("is taken away with a reason by another administrator; the next request of its account is nobody's", async () => {
    const [admin, other] = [await staffMember("administrator"), await staffMember("administrator")];
    expect(await say(revokePerson(admin, other.userId, " "))).toBe("invalid_input");
    expect(await say(revokePerson(admin, admin.userId, WHY))).toBe("own_account");
    expect(await say(revokePerson(admin, other.userId, WHY))).toBe("done");
    expect(await say(revokePerson(admin, other.userId, WHY))).toBe("no_change");
    expect(await say(invitePerson(other, { email: "a@example.jp", role: "support" }))).toBe("not_found");
    const [event] = await sql<{ method: string }>`SELECT method FROM audit_events WHERE event = 'role.revoked' ORDER BY id DESC LIMIT 1`;
    expect(event?.method).toContain(`(${WHY})`);
  });

  it("that was taken away in the middle of a hundred acts lets none of the later ones through (J03)", async () => {
    const [admin, other] = [await staffMember("administrator"), await staffMember("administrator")];
    const sessions = await together(4, () => staffSession(other.account));
    const acts = together(100, async (index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 4));
      return say(invitePerson(sessions[index % 4] ?? other, { email: `i${index}@example.jp`, role: "support" }));
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    // The sessions stay, so that the role alone decides.
    await sql`UPDATE users SET roles = '{}' WHERE id = ${other.userId}::uuid`;
    const [mark] = await sql<{ id: string }>`SELECT max(id)::text AS id FROM audit_events`;
    const said = await acts;
    expect(new Set(said)).toEqual(new Set(["done", "not_found"]));
    const [subject] = await sql<{ s: string }>`SELECT audit_subject::text AS s FROM users WHERE id = ${other.userId}::uuid`;
    const late = await sql`
      SELECT 1 FROM audit_events WHERE event = 'role.invited' AND method LIKE ${`%staff:${subject?.s}%`} AND id > ${mark?.id ?? "0"}::bigint`;
    expect(late).toEqual([]);
    expect(await say(revokePerson(admin, other.userId, WHY))).toBe("no_change");
  });

  it("of two administrators who take each other's away at once stays with one of them", async () => {
    for (const _ of [1, 2, 3]) {
      await forgetStaff();
      const [a, b] = [await staffMember("administrator"), await staffMember("administrator")];
      const said = await Promise.all([say(revokePerson(a, b.userId, WHY)), say(revokePerson(b, a.userId, WHY))]);
      expect(said.filter((one) => one === "done")).toHaveLength(1);
      expect(await administrators()).toBe(1);
    }
  });
});

describe("The last administrator (J04)", () => {
  const alone = async (): Promise<StaffMember> => staffMember("administrator");

  it("is not revoked, not suspended and not deleted, at the command line and in the browser", async () => {
    const { account, ...acting } = await alone();
    await staffMember("support");
    expect(await say(revokeByCommand(account.email, BY))).toBe("last_administrator");
    expect(await suspendAccount(account.email, BY)).toEqual({ ok: false, error: "last_administrator" });
    await sql`INSERT INTO step_ups (session_id, action) VALUES (${acting.sessionId}::uuid, 'delete_account')`;
    expect(await say(requestDeletion({ ...acting, locale: "ja" }, requester))).toBe("last_administrator");
    expect(await rolesOf(account)).toEqual(["administrator"]);
  });

  it("is one whose colleague is suspended or about to be deleted", async () => {
    const [a, b, c] = [await alone(), await alone(), await alone()];
    expect(await suspendAccount(b.account.email, BY)).toMatchObject({ ok: true });
    await sql`INSERT INTO step_ups (session_id, action) VALUES (${c.sessionId}::uuid, 'delete_account')`;
    expect(await say(requestDeletion({ ...c, locale: "ja" }, requester))).toBe("done");
    expect(await say(revokeByCommand(a.account.email, BY))).toBe("last_administrator");
    expect(await suspendAccount(a.account.email, BY)).toEqual({ ok: false, error: "last_administrator" });
  });

  it("stays where two administrators are suspended, revoked and deleted at once", async () => {
    const [a, b] = [await alone(), await alone()];
    await sql`INSERT INTO step_ups (session_id, action) VALUES (${a.sessionId}::uuid, 'delete_account')`;
    await Promise.all([
      suspendAccount(a.account.email, BY),
      revokeByCommand(b.account.email, BY),
      requestDeletion({ ...a, locale: "ja" }, requester),
      suspendAccount(b.account.email, BY),
    ]);
    expect(await sql`SELECT 1 FROM users WHERE 'administrator' = ANY(roles) AND disabled_at IS NULL AND delete_at IS NULL`).toHaveLength(1);
  });

  it("like every account with a role is not closed by a release of its address", async () => {
    const { account } = await staffMember("support");
    await sql`INSERT INTO address_releases (user_id, due_at) VALUES (${account.userId}::uuid, app_now() - interval '1 minute')`;
    while (!(await releaseDue()));
    expect(await sql`SELECT 1 FROM users WHERE id = ${account.userId}::uuid AND closed_at IS NULL`).toHaveLength(1);
    await staffMember("administrator");
    must(await revokeByCommand(account.email, BY));
    while (!(await releaseDue()));
    expect(await sql`SELECT 1 FROM users WHERE id = ${account.userId}::uuid AND closed_at IS NOT NULL`).toHaveLength(1);
  });

  it("does not decide about the own account", async () => {
    const admin = await alone();
    await staffMember("administrator");
    const account = await oldAccount();
    const reference = await requestCase(account);
    await sql`UPDATE recovery_cases SET user_id = ${admin.userId}::uuid WHERE reference = ${reference}`;
    for (const act of ["review", "approve", "reject", "cancel", "resume"] as const)
      expect(await say(decideCase(admin, reference, act, { reason: WHY })), act).toBe("own_account");
  });
});

describe("One administrator alone", () => {
  it("is said where there is one, and is an exception after thirty days without other staff", async () => {
    const admin = await staffMember("administrator");
    expect(await readAlone()).toEqual({ administrators: 1, sole: true, others: false });
    const support = await staffMember("support", 1);
    expect(await readAlone()).toEqual({ administrators: 1, sole: false, others: true });
    must(await revokePerson(admin, support.userId, WHY));
    expect(await readAlone()).toEqual({ administrators: 1, sole: false, others: true });
    await staffMember("administrator");
    expect((await readAlone()).administrators).toBe(2);
  });

  it("is no exception in the first thirty days of a fresh installation, where nobody else ever was staff", async () => {
    await staffMember("administrator", 1);
    expect(await readAlone()).toEqual({ administrators: 1, sole: false, others: false });
  });
});
