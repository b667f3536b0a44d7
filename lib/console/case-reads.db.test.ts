import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stopAccount } from "#lib/accounts/notice-codes";
import { approversOf, nextApprover } from "#lib/console/approvers";
import { openActs } from "#lib/console/case-acts";
import { readCaseDetail } from "#lib/console/case-detail";
import { readCaseFacts } from "#lib/console/case-facts";
import { caseNotices } from "#lib/console/case-notices";
import { caseQueue } from "#lib/console/case-queue";
import { caseStatistics } from "#lib/console/case-statistics";
import { caseActs, decideCase } from "#lib/console/cases";
import { rollback, sql, transaction } from "#lib/db/sql";
import { approveCase } from "#lib/recovery/decide";
import { startCase } from "#lib/recovery/open-case";
import { lockCase } from "#lib/recovery/rows";
import { byStaff } from "#lib/staff/act";
import { forgetLimits, must, requester, setClock } from "#lib/testing/fixtures";
import { forgetStaff, noticed, oldAccount, requestCase, type StaffMember, staffMember } from "#lib/testing/staff";

beforeEach(forgetLimits);
beforeEach(forgetStaff);
beforeEach(() => sql`DELETE FROM recovery_cases`);
afterEach(() => setClock(0));

const WHY = "本人と話しました";
const found = async (reference: string) => {
  const detail = await readCaseDetail(reference);
  if (!detail) throw new Error("no case");
  return detail;
};

describe("The queue of cases", () => {
  it("has every open case once, the oldest first, over all its pages", async () => {
    const account = await oldAccount();
    await sql`
      WITH made AS (
        INSERT INTO users (id, email, password_hash, locale) SELECT gen_random_uuid(), 'q' || n || '@example.jp', '', 'ja' FROM generate_series(1, 60) n RETURNING id)
      INSERT INTO recovery_cases (reference, user_id, reason, ip, user_agent, proven_at, requested_at, expires_at)
      SELECT 'R-Q' || row_number() OVER (), id, 'lost', '', '', app_now(), app_now() - interval '1 hour' * (row_number() OVER () / 4), app_now() + interval '9 days' FROM made`;
    const reference = await requestCase(account);
    const seen: { reference: string; requestedAt: string }[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof caseQueue>> = await caseQueue(null, after);
      seen.push(...page.cases);
      after = page.next;
    } while (after);
    expect(new Set(seen.map((one) => one.reference)).size).toBe(61);
    expect(seen).toHaveLength(61);
    expect(seen.map(({ requestedAt }) => Date.parse(requestedAt))).toEqual(
      seen.map(({ requestedAt }) => Date.parse(requestedAt)).sort((a, b) => a - b),
    );
    expect(seen.at(-1)?.reference).toBe(reference);
    await sql`DELETE FROM users WHERE email LIKE 'q%@example.jp'`;
  });

  it("shows masked addresses, ignores a place that is none, and filters by state", async () => {
    const account = await oldAccount();
    const reference = await requestCase(account, "stolen");
    const { cases } = await caseQueue("requested", "'; DROP TABLE users; --");
    expect(cases).toMatchObject([{ reference, reason: "stolen", proven: true, person: `${account.email.slice(0, 2)}•••@example.jp` }]);
    expect((await caseQueue("done", null)).cases).toEqual([]);
  });

  it("is counted by age, by how cases ended and by how long recoveries took", async () => {
    const admin = await staffMember("administrator");
    must(await decideCase(admin, await requestCase(await oldAccount()), "reject", { reason: WHY }));
    await requestCase(await oldAccount());
    expect(await caseStatistics()).toEqual({
      open: { under_1: 1, under_3: 0, under_7: 0, over_7: 0 },
      ended: { done: 0, rejected: 1, cancelled: 0, expired: 0 },
      recovered: { under_2: 0, under_4: 0, under_7: 0, over_7: 0 },
      medianHours: null,
    });
  });
});

describe("One case", () => {
  it("is read with its note, its steps and the names of staff, and with no whole address, number or secret", async () => {
    const account = await oldAccount();
    const reference = await requestCase(account);
    const support = await staffMember("support");
    must(await decideCase(support, reference, "review", { reason: WHY, checks: ["history", "records"] }));
    const detail = await found(reference);
    expect(detail).toMatchObject({ state: "reviewed", note: "駅で落としました", flags: ["unknown_browser"] });
    expect(detail.steps.map(({ act, reason, checks }) => [act, reason, checks])).toEqual([
      ["requested", null, []],
      ["reviewed", WHY, ["history", "records"]],
    ]);
    expect(detail.names.get(detail.reviewedBy ?? "")).toBe(support.account.email);
    const all = JSON.stringify([detail, await readCaseFacts(detail), await caseNotices(detail)]);
    for (const secret of [account.email, account.e164, account.e164.slice(3)]) expect(all).not.toContain(secret);
    expect(await readCaseDetail("R-00000000")).toBeNull();
  });

  it("shows to whom its notices went and which stop code was used", async () => {
    const account = await oldAccount();
    const reference = await requestCase(account);
    const detail = await found(reference);
    const before = await caseNotices(detail);
    expect(before.map(({ address, digits, hasStop, stoppedAt }) => [address, digits, hasStop, stoppedAt])).toEqual(
      expect.arrayContaining([
        [`${account.email.slice(0, 2)}•••@example.jp`, null, true, null],
        [null, account.e164.slice(-2), true, null],
      ]),
    );
    const text = await noticed(account, "notice.case_requested_ended", "SMS");
    must(await stopAccount({ reference, code: text.stopCode ?? "" }, requester));
    const stopped = (await caseNotices(detail)).filter(({ stoppedAt }) => stoppedAt !== null);
    expect(stopped.map(({ digits }) => digits)).toEqual([account.e164.slice(-2)]);
    expect(await found(reference)).toMatchObject({ state: "frozen", frozenFrom: "requested" });
  });

  it("says what its flags rest on", async () => {
    const account = await oldAccount();
    await sql`
      INSERT INTO audit_events (event, subject, ip, user_agent) SELECT e, audit_subject, '', 'Mozilla/5.0 (iPhone) Safari/605'
      FROM users, unnest(ARRAY['session.opened', 'password.changed']) e WHERE id = ${account.userId}::uuid`;
    await sql`INSERT INTO account_countries (user_id, country) VALUES (${account.userId}::uuid, 'JP')`;
    await setClock(60);
    const facts = await readCaseFacts(await found(await requestCase(account)));
    expect(facts).toMatchObject({ before: { userAgent: "Mozilla/5.0 (iPhone) Safari/605" }, countries: ["JP"], earlier: [] });
    expect(facts.changes.map(({ event }) => event)).toEqual(["password.changed"]);
  });

  it("that staff prepared waits for its person: nothing of it is reviewed before", async () => {
    const account = await oldAccount();
    const support = await staffMember("support");
    const { reference } = await transaction((tx) =>
      startCase(tx, { ...account, locale: "ja", reason: "lost", why: "窓口に電話" }, { subject: null, by: "cli:test" }),
    );
    expect(await found(reference)).toMatchObject({ provenAt: null, openedBy: "cli:test", note: null });
    expect(await decideCase(support, reference, "review", { reason: WHY })).toMatchObject({ error: { reason: "not_proven" } });
    expect(openActs({ state: "requested", proven: false }, { administrator: false, own: false, approval: "role" })).toEqual([]);
  });
});

describe("Who may approve", () => {
  /** What the guard itself says of one member of staff; the approval is taken back. */
  async function guarded(reference: string, { userId }: { userId: string }): Promise<string> {
    const [row] = await sql<{ subject: string }>`SELECT audit_subject AS subject FROM users WHERE id = ${userId}::uuid`;
    return transaction(async (tx) => {
      const locked = await lockCase(tx, { reference });
      if (!locked || !row) throw new Error("no case");
      const done = await approveCase(tx, locked, { author: { subject: row.subject, by: byStaff(row.subject) }, reason: WHY });
      return rollback(done.ok ? "may" : (done.error.reason ?? done.error.code));
    });
  }

  const said = async (reference: string, { userId }: StaffMember) => {
    const detail = await found(reference);
    const one = (await approversOf(detail)).find((member) => member.userId === userId);
    return one?.why ?? "may";
  };

  it("is said on the page as the guard decides it, for the reviewer, a colleague, a new one and one who is alone", async () => {
    const reference = await requestCase(await oldAccount());
    const [reviewer, fresh] = [await staffMember("administrator"), await staffMember("administrator", 2)];
    const [other, support] = [await staffMember("administrator"), await staffMember("support")];
    must(await decideCase(reviewer, reference, "review", { reason: WHY }));
    for (const [who, why] of [
      [reviewer, "own_review"],
      [fresh, "new_administrator"],
      [other, "may"],
    ] as const) {
      expect(await said(reference, who)).toBe(why);
      expect(await guarded(reference, who)).toBe(why);
    }
    await sql`UPDATE users SET roles = '{}' WHERE id = ${other.userId}::uuid`;
    expect(nextApprover(await approversOf(await found(reference)))?.userId).toBe(fresh.userId);
    await sql`UPDATE users SET roles = '{administrator}' WHERE id = ${other.userId}::uuid`;
    await sql`
      UPDATE staff_grants SET granted_at = app_now(), granted_by = 'invite staff:' || (SELECT audit_subject FROM users WHERE id = ${other.userId}::uuid)
      WHERE subject = (SELECT audit_subject FROM users WHERE id = ${reviewer.userId}::uuid)`;
    expect(await said(reference, other)).toBe("own_reviewer");
    expect(await guarded(reference, other)).toBe("own_review");
    await sql`UPDATE staff_grants SET granted_at = app_now() - interval '100 days' WHERE granted_by LIKE 'invite staff:%'`;
    expect(await said(reference, support)).toBe("role");
    expect(await decideCase(support, reference, "approve", { reason: WHY })).toMatchObject({ error: { reason: "role" } });
    await sql`UPDATE users SET roles = '{}' WHERE id <> ${reviewer.userId}::uuid`;
    await sql`UPDATE staff_grants SET revoked_at = app_now() - interval '31 days', revoked_by = 'test'
      WHERE subject <> (SELECT audit_subject FROM users WHERE id = ${reviewer.userId}::uuid)`;
    expect(await said(reference, reviewer)).toBe("may");
    expect(await guarded(reference, reviewer)).toBe("may");
  });

  it("has a button for exactly the acts that its use case lets through, in every state", async () => {
    const account = await oldAccount();
    const reference = await requestCase(account);
    const people = {
      admin: await staffMember("administrator"),
      other: await staffMember("administrator"),
      support: await staffMember("support"),
    };
    const check = async () => {
      const detail = await found(reference);
      for (const [name, who] of Object.entries(people)) {
        const me = (await approversOf(detail)).find(({ userId }) => userId === who.userId);
        const looker = { administrator: name !== "support", own: false, approval: me?.why ?? null };
        const shown = openActs({ state: detail.state, proven: detail.provenAt !== null }, looker);
        for (const act of caseActs) {
          const done = await tried(who, reference, act);
          expect([detail.state, name, act, done]).toEqual([detail.state, name, act, shown.includes(act)]);
        }
      }
    };
    /** Whether the real use case lets an act through; what it did is undone from a copy of the rows. */
    const tried = async (who: StaffMember, of: string, act: (typeof caseActs)[number]): Promise<boolean> => {
      const [kept] = await sql<{ row: string }>`SELECT to_json(c)::text AS row FROM recovery_cases c WHERE reference = ${of}`;
      const { ok } = await decideCase(who, of, act, { reason: WHY });
      await sql`UPDATE recovery_cases c SET state = k.state, reviewed_by = k.reviewed_by, reviewed_at = k.reviewed_at, approved_by = k.approved_by,
        approved_at = k.approved_at, wait_seconds = k.wait_seconds, ready_at = k.ready_at, frozen_from = k.frozen_from, frozen_at = k.frozen_at, ended_at = k.ended_at,
        flags = k.flags, expires_at = k.expires_at FROM json_populate_record(NULL::recovery_cases, ${kept?.row ?? "{}"}::json) k WHERE c.reference = ${of}`;
      return ok;
    };
    await check();
    must(await decideCase(people.other, reference, "review", { reason: WHY }));
    await check();
    must(await decideCase(people.admin, reference, "approve", { reason: WHY }));
    await check();
    const text = await noticed(account, "notice.case_requested_ended", "SMS");
    must(await stopAccount({ reference, code: text.stopCode ?? "" }, requester));
    await check();
    must(await decideCase(people.admin, reference, "resume", { reason: WHY }));
    must(await decideCase(people.admin, reference, "cancel", { reason: WHY }));
    await check();
  });
});
