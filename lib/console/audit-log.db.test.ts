import { beforeEach, describe, expect, it } from "vitest";
import { resumeAccount } from "#lib/accounts/suspend";
import { keepHead } from "#lib/audit/head";
import { record } from "#lib/audit/record";
import { sealEvents } from "#lib/audit/seal";
import { watchChain } from "#lib/audit/watch";
import { actOnAccount } from "#lib/console/account-acts";
import { cell, exportAudit } from "#lib/console/audit-file";
import type { AuditFilter } from "#lib/console/audit-filter";
import { readAudit } from "#lib/console/audit-log";
import { readChainState } from "#lib/console/chain-state";
import { sql } from "#lib/db/sql";
import { runInRequest } from "#lib/request";
import { byStaff } from "#lib/staff/act";
import { type Account, count, forgetLimits, makeAccount, must, passPassword, requester } from "#lib/testing/fixtures";
import { forgetStaff, staffMember } from "#lib/testing/staff";

beforeEach(forgetLimits);
beforeEach(forgetStaff);

const subjectOf = async ({ userId }: Account) =>
  (await sql<{ subject: string }>`SELECT audit_subject AS subject FROM users WHERE id = ${userId}::uuid`)[0]?.subject ?? "";
const events = async (filter: AuditFilter) => (await readAudit(filter)).lines.map(({ event }) => event);
const text = async (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

describe("The audit log as staff read it", () => {
  it("names author, reason, account, message and case of an event: members of staff by their whole address, everybody else masked", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("administrator")];
    await passPassword(account);
    await record(sql, {
      event: "account.suspended",
      userId: account.userId,
      method: byStaff(await subjectOf(staff.account), "乗っ取りの疑い (staff:なりすまし)"),
      ...requester,
    });
    const { lines } = await readAudit({ target: account.email });
    const [suspended, sent] = lines;
    expect(suspended).toMatchObject({ event: "account.suspended", reason: "乗っ取りの疑い (staff:なりすまし)", about: null });
    expect(suspended?.author).toEqual({ name: staff.account.email, account: staff.userId });
    expect(suspended?.account).toEqual({ id: account.userId, email: expect.stringContaining("•••@example.jp") });
    expect(sent?.event).toBe("sign_in.password_right");
    expect(await sql`SELECT 1 FROM messages WHERE id = ${sent?.message ?? null}::uuid AND user_id = ${account.userId}::uuid`).toHaveLength(
      1,
    );
    expect(JSON.stringify(lines)).not.toContain(account.email);
    await sql`UPDATE users SET roles = '{}' WHERE id = ${staff.userId}::uuid`;
    expect((await readAudit({ target: account.email })).lines[0]?.author?.name).toMatch(/^..•••@example\.jp$/);
  });

  it("has the address of the request for an act of staff, and none for a command", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("administrator")];
    const [seen, counted] = ["2001:db8::9", "2001:db8:0:0::/64"];
    const context = { id: "test", nonce: "", ours: true, databaseUnavailable: false, clientIp: seen, countedIp: counted };
    must(await runInRequest(context, () => actOnAccount(staff, account.userId, "suspend", { reason: "乗っ取りの疑い" })));
    must(await resumeAccount(account.email, "cli:test"));
    const { lines } = await readAudit({ target: account.email });
    expect(lines.slice(0, 2).map(({ event, ip }) => [event, ip])).toEqual([
      ["account.resumed", ""],
      ["account.suspended", counted],
    ]);
  });

  it("is found by author, account, act, kind of act, time and address, alone and together", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("administrator")];
    const [subject, author] = [await subjectOf(account), await subjectOf(staff.account)];
    await record(sql, {
      event: "account.suspended",
      userId: account.userId,
      method: byStaff(author, "理由です"),
      ip: "198.51.100.7",
      userAgent: "",
    });
    await record(sql, { event: "policy.changed", method: `publicSignUp ${byStaff(author)}`, ip: "198.51.100.7", userAgent: "" });
    await record(sql, { event: "account.resumed", userId: account.userId, method: "cli:root", ip: "", userAgent: "" });
    const today = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
    expect(await events({ actor: staff.account.email })).toEqual(["policy.changed", "account.suspended"]);
    expect(await events({ actor: `staff:${author}`, target: account.userId })).toEqual(["account.suspended"]);
    expect((await events({ actor: "cli:root", target: subject })).slice(0, 1)).toEqual(["account.resumed"]);
    expect(await events({ ip: "198.51.100.7", act: "policy.changed" })).toEqual(["policy.changed"]);
    expect(await events({ target: account.email, act: "account." })).toEqual(["account.resumed", "account.suspended"]);
    expect(await events({ actor: `staff:${author}`, from: today, to: today })).toHaveLength(2);
    expect(await events({ actor: `staff:${author}`, to: "2020-01-01" })).toEqual([]);
    for (const nobody of ["nobody@example.jp", "00000000-0000-4000-8000-000000000000"])
      expect(await events({ target: nobody })).toEqual([]);
    expect(await events({ actor: "nobody@example.jp" })).toEqual([]);
  });

  it("is read by pages of which none repeats or misses an event, of one account and of all", async () => {
    const account = await makeAccount();
    await sql`INSERT INTO audit_events (event, subject, ip) SELECT 'session.ended', ${await subjectOf(account)}::uuid, '203.0.113.77' FROM generate_series(1, 120)`;
    for (const filter of [{ target: account.userId, act: "session.ended" }, { ip: "203.0.113.77" }]) {
      const seen: string[] = [];
      for (let page = await readAudit(filter); ; ) {
        seen.push(...page.lines.map(({ id }) => id));
        if (!page.older) break;
        page = await readAudit({ ...filter, before: page.older });
      }
      expect([seen.length, new Set(seen).size]).toEqual([120, 120]);
    }
  });

  it("says whether the chain is verified, until where, and its last anchor; and which event is not what was written", async () => {
    while ((await sealEvents()) > 0);
    await keepHead();
    await watchChain(60_000);
    const whole = await readChainState();
    expect(whole).toMatchObject({ state: "whole", broken: null, verified: whole.sealed });
    expect(BigInt(whole.anchor?.position ?? 0)).toBeGreaterThan(0n);
    await sql`UPDATE audit_verification SET progress = replace(progress, '"atEnd":true', '"atEnd":false')`;
    expect(await readChainState()).toMatchObject({ state: "broken", broken: { why: "progress" } });
    await sql`UPDATE audit_verification SET progress = replace(progress, '"atEnd":false', '"atEnd":true')`;
  });
});

describe("The file of the audit log (J06)", () => {
  it.each([
    ["=HYPERLINK(1)", `"'=HYPERLINK(1)"`],
    ["+81", `"'+81"`],
    ["-1+1", `"'-1+1"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["\t=1", `"'\t'=1"`],
    ["\r=1", `"'\r'=1"`],
    ["Mozilla/5.0 (X;=HYPERLINK(1)", `"Mozilla/5.0 (X;'=HYPERLINK(1)"`],
    ["Bot/1.0; +http://bot.example", "Bot/1.0; +http://bot.example"],
    ["＝1", `"'＝1"`],
    ['a "b", c', '"a ""b"", c"'],
    ["plain", "plain"],
    [3, "3"],
    [null, ""],
  ])("writes %j as %j", (value, written) => expect(cell(value)).toBe(written));

  it("has every event of its filter, no formula that a stranger wrote, and is an event itself", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("administrator")];
    await sql`INSERT INTO audit_events (event, subject, user_agent, ip) SELECT 'session.opened', ${await subjectOf(account)}::uuid, '=cmd|''/C calc''!A0', '203.0.113.78' FROM generate_series(1, 2100)`;
    const file = await text(must(await exportAudit(staff, { ip: "203.0.113.78" }, requester)));
    const [head, ...rows] = file.trim().split("\r\n");
    // Reading it as text takes the mark of UTF-8 away.
    expect(head).toBe("id,at,event,author,account,subject,about,reason,times,ip,user_agent");
    expect([rows.length, new Set(rows).size]).toEqual([2100, 2100]);
    expect(rows[0]).toContain(`,"'=cmd|'/C calc'!A0"`);
    expect(file).not.toContain(account.email);
    const noted = await events({ actor: staff.account.email });
    expect(noted).toEqual(["audit.exported"]);
  });

  it("is for administrators who stepped up, and a refusal writes nothing", async () => {
    const exported = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM audit_events WHERE event = 'audit.exported'`);
    const before = await exported();
    const support = await staffMember("support");
    expect(await exportAudit(support, {}, requester)).toEqual({ ok: false, error: { code: "not_allowed", reason: "role" } });
    const admin = await staffMember("administrator");
    await sql`DELETE FROM step_ups WHERE session_id = ${admin.sessionId}::uuid`;
    expect(await exportAudit(admin, {}, requester)).toMatchObject({ error: { code: "step_up_required" } });
    expect(await exported()).toBe(before);
  });
});
