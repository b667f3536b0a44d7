import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { importStaged } from "#lib/accounts/staged-members";
import { beginImport, cancelImport, exportLines, firstLines, readImport, stageImport } from "#lib/console/import-members";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { cleanUp } from "#lib/jobs/clean-up";
import { readSettings } from "#lib/policy/read";
import {
  count,
  forgetLimits,
  forgetPolicy,
  freshNumber,
  makeAccount,
  must,
  requester,
  setClock,
  setPolicy,
  together,
} from "#lib/testing/fixtures";
import { forgetStaff, type StaffMember, staffMember } from "#lib/testing/staff";

// Members by the console: a file is judged and sealed, imported by the worker in batches, and cancelled; nothing is half done.

const BCRYPT = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
const PASSWORD = "U*U";
const WHY = "旧システムからの移行です";
const DAY = 86_400;

const owner = new pg.Client({ connectionString: env().DATABASE_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

let admin: StaffMember;
beforeEach(async () => {
  await forgetLimits();
  await forgetStaff();
  await sql`DELETE FROM member_imports`;
  admin = await staffMember("administrator");
});
afterEach(async () => {
  await setClock(0);
  await forgetPolicy();
});

const fresh = () => `${randomUUID()}@example.jp`;
const addresses = (many: number) => Array.from({ length: many }, fresh);
const csv = (lines: readonly string[]) => ["email,password_hash,phone,groups", ...lines].join("\n");
const simple = (emails: readonly string[]) => csv(emails.map((email) => `${email},${BCRYPT},,`));
const stage = (text: string, format: "csv" | "json" = "csv", by = admin) =>
  stageImport(by, { bytes: Buffer.from(text), format }, requester);
const current = async () => {
  const found = await readImport();
  if (!found) throw new Error("no import");
  return found;
};
const begin = async (by = admin) => beginImport(by, { id: (await current()).id, reason: WHY }, requester);
const cancel = async (by = admin) => cancelImport(by, { id: (await current()).id, reason: WHY }, requester);
const accounts = (emails: readonly string[]) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM users WHERE email = ANY(${[...emails]}::text[])`);
const rowsKept = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM member_import_batches WHERE rows_sealed IS NOT NULL`);
const toTheEnd = () => importStaged(() => false);
const said = (done: Awaited<ReturnType<typeof stage>>) => (done.ok ? "done" : (done.error.reason ?? done.error.code));

describe("A file of members", () => {
  it("is reported with figures, masked addresses and line numbers, and makes no account", async () => {
    const known = await makeAccount();
    const email = fresh();
    must(
      await stage(
        csv([
          `${email},${BCRYPT},${freshNumber()},shop-1;vip`,
          `${email.toUpperCase()},${BCRYPT},,`,
          `${known.email},${BCRYPT},,`,
          `${BCRYPT},,,`,
          `${fresh()},not-a-hash,,`,
          `${fresh()},${BCRYPT},12,shop-1`,
          `${fresh()},,,`,
        ]),
      ),
    );
    const report = await current();
    expect(report).toMatchObject({ state: "staged", rows: 7, members: 3, handled: 0, taken: 0 });
    expect(report.figures).toMatchObject({
      problems: { twice_in_file: 1, known_address: 1, not_an_address: 1, unknown_hash: 1, number_not_read: 1 },
      systems: { bcrypt: 2 },
      groups: [
        { name: "shop-1", members: 2 },
        { name: "vip", members: 1 },
      ],
      moreGroups: 0,
    });
    const lines = await firstLines(report.id, 50);
    expect(lines.map(({ line, problem }) => [line, problem])).toEqual([
      [3, "twice_in_file"],
      [4, "known_address"],
      [5, "not_an_address"],
      [6, "unknown_hash"],
      [7, "number_not_read"],
    ]);
    expect(lines[1]?.address).toMatch(/^..•••@/);
    expect(lines[2]?.address).toBe("$2•••");
    expect(await firstLines(report.id, 2)).toHaveLength(2);
    expect(await accounts([email])).toBe(0);
  });

  it("is at rest sealed, and in no event", async () => {
    const [email, number] = [fresh(), freshNumber()];
    must(await stage(csv([`${email},${BCRYPT},${number},shop-1`, `${email},${BCRYPT},,`])));
    must(await begin());
    await sql`UPDATE member_imports SET state = 'running'`;
    const rows = JSON.stringify([
      await sql`SELECT * FROM member_imports`,
      await sql`SELECT * FROM member_import_batches`,
      await sql`SELECT method FROM audit_events WHERE event LIKE 'members.%'`,
    ]);
    for (const secret of [email, number, number.slice(-8), BCRYPT.slice(8)]) expect(rows).not.toContain(secret);
    expect(rows).toContain("rows=2 new=1 staff:");
    await toTheEnd();
  });

  it.each([
    ["csv", "mail,password_hash\na@example.jp,x\n", { problem: "no_email_column", line: null }],
    ["csv", `email,password_hash\n${fresh()},x\n${fresh()},x,more\n`, { problem: "broken_csv", line: 3 }],
    ["csv", "email\n", { problem: "no_rows", line: null }],
    ["json", "[{", { problem: "broken_json", line: null }],
    ["json", '{"people":[]}', { problem: "no_list", line: null }],
  ] as const)("that cannot be read is refused with the reason and keeps nothing (%s %j)", async (format, text, unreadable) => {
    expect(await stage(text, format)).toMatchObject({ error: { code: "invalid_input", unreadable } });
    expect(await readImport()).toBeNull();
  });

  it("of JSON is read as the command reads it", async () => {
    must(await stage(JSON.stringify({ users: [{ email: fresh(), password_hash: BCRYPT, groups: ["shop-1"] }] }), "json"));
    expect(await current()).toMatchObject({ rows: 1, members: 1 });
  });

  it("is kept once, although two of staff send one at the same time, and refused while one is open", async () => {
    const other = await staffMember("administrator");
    const both = await Promise.all([stage(simple([fresh()])), stage(simple([fresh()]), "csv", other)]);
    expect(both.map(said).sort()).toEqual(["done", "import_open"]);
    expect(said(await stage(simple([fresh()])))).toBe("import_open");
    must(await begin());
    expect(said(await stage(simple([fresh()])))).toBe("import_open");
    await toTheEnd();
    expect(said(await stage(simple([fresh()])))).toBe("done");
  });
});

describe("An import", () => {
  it("makes whole members who sign in with their password, deletes the file, and changes nothing the second time", async () => {
    const [emails, number] = [addresses(1100), freshNumber()];
    const text = csv(emails.map((email, at) => `${email},${BCRYPT},${at === 0 ? number : ""},shop-1`));
    must(await stage(text));
    must(await begin());
    expect((await readSettings()).signInFloorMs).toBe((await current()).floorMs);
    expect(await toTheEnd()).toBe(true);
    expect(await current()).toMatchObject({ state: "done", members: 1100, handled: 1100, taken: 1100 });
    expect([await accounts(emails), await rowsKept()]).toEqual([1100, 0]);
    expect(
      await sql`SELECT 1 FROM users u JOIN account_phones p ON p.user_id = u.id JOIN user_groups g ON g.user_id = u.id WHERE u.email = ${emails[0] ?? ""}`,
    ).toHaveLength(1);
    await setPolicy("signInFloorMs", 0);
    expect(await signIn({ identifier: emails[7] ?? "", password: PASSWORD }, requester)).toMatchObject({ ok: true });
    must(await stage(text));
    expect(await current()).toMatchObject({ members: 0, figures: { problems: { known_address: 1100 } } });
  });

  it("begins once, however many press at the same time", async () => {
    must(await stage(simple([fresh()])));
    const begun = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM audit_events WHERE event = 'members.import_begun'`);
    const before = await begun();
    const pressed = await together(6, () => begin());
    expect(pressed.map(said).sort()).toEqual(["done", ...Array(5).fill("other_state")]);
    expect(await begun()).toBe(before + 1);
    await toTheEnd();
  });

  it("of two workers takes each member once, and is not over before its last batch", async () => {
    const emails = addresses(1600);
    must(await stage(simple(emails)));
    must(await begin());
    await Promise.all([toTheEnd(), toTheEnd(), toTheEnd()]);
    expect(await current()).toMatchObject({ state: "done", handled: 1600, taken: 1600 });
    expect(await accounts(emails)).toBe(1600);
  });

  it("goes on where a killed worker was, without half a batch", async () => {
    const emails = addresses(1100);
    must(await stage(simple(emails)));
    must(await begin());
    expect(await importStaged(() => true)).toBe(false);
    // Another transaction holds an address of the second batch, in which the worker then waits and is killed.
    const other = new pg.Client({ connectionString: env().DATABASE_URL });
    await other.connect();
    await other.query("BEGIN");
    await other.query("INSERT INTO users (email, password_hash, locale) VALUES ($1, 'x', 'ja')", [emails[999]]);
    const killed = expect(toTheEnd()).rejects.toThrow();
    const waits =
      "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO users (id, email%' AND datname = current_database()";
    const pid = await vi.waitFor(async () => {
      const { rows } = await owner.query<{ pid: number }>(waits);
      expect(rows).toHaveLength(1);
      return rows[0]?.pid;
    }, 15_000);
    await owner.query("SELECT pg_terminate_backend($1)", [pid]);
    await killed;
    await other.end();
    expect(await current()).toMatchObject({ state: "running", handled: 500, taken: 500 });
    expect(await accounts(emails)).toBe(500);
    expect(await toTheEnd()).toBe(true);
    expect(await current()).toMatchObject({ state: "done", handled: 1100, taken: 1100 });
    expect(await accounts(emails)).toBe(1100);
  });

  it("tells who signed up meanwhile, and leaves them as they are", async () => {
    const emails = addresses(3);
    must(await stage(simple(emails)));
    await sql`INSERT INTO users (email, password_hash, locale) VALUES (${emails[1] ?? ""}, 'own', 'ja')`;
    must(await begin());
    await toTheEnd();
    const ended = await current();
    expect(ended).toMatchObject({ handled: 3, taken: 2 });
    expect(await firstLines(ended.id, 9)).toMatchObject([{ line: 3, problem: "known_address" }]);
    expect(await sql`SELECT password_hash FROM users WHERE email = ${emails[1] ?? ""}`).toEqual([{ passwordHash: "own" }]);
  });

  it("is cancelled between two batches: what was taken stays, the rest is deleted at once and never written", async () => {
    const emails = addresses(1100);
    must(await stage(simple(emails)));
    must(await begin());
    await importStaged(() => true);
    must(await cancel());
    expect(await rowsKept()).toBe(0);
    expect(await toTheEnd()).toBe(true);
    expect(await current()).toMatchObject({ state: "cancelled", taken: 500 });
    expect(await accounts(emails)).toBe(500);
    expect(said(await cancel())).toBe("other_state");
    expect(said(await begin())).toBe("other_state");
  });

  it("asks for a reason, to begin and to cancel", async () => {
    must(await stage(simple([fresh()])));
    const { id } = await current();
    for (const act of [beginImport, cancelImport])
      expect(await act(admin, { id, reason: " " }, requester)).toMatchObject({ error: { fields: { reason: "invalid_input" } } });
  });
});

describe("What is kept of an import", () => {
  it("is nothing of the file after a day, although nobody began it", async () => {
    must(await stage(simple([fresh()])));
    await setClock(DAY - 60);
    await cleanUp();
    expect(await current()).toMatchObject({ state: "staged" });
    await setClock(DAY + 60);
    await cleanUp();
    expect(await current()).toMatchObject({ state: "expired", lines: false });
    expect(await sql`SELECT 1 FROM member_import_batches`).toEqual([]);
  });

  it("is what was said of its lines for a day after its end, and its figures for ninety days", async () => {
    const email = fresh();
    must(await stage(simple([email, email])));
    must(await begin());
    await toTheEnd();
    const exported = must(await exportLines(admin, (await current()).id, requester));
    expect(await new Response(exported).text()).toMatch(
      /^line,address,what,why\r\n(?:.*\r\n)*3,..•••@example\.jp,left_out,twice_in_file\r\n/,
    );
    await setClock(DAY - 60);
    await cleanUp();
    expect((await current()).lines).toBe(true);
    await setClock(DAY + 60);
    await cleanUp();
    expect(await current()).toMatchObject({ state: "done", taken: 1, lines: false });
    await setClock(91 * DAY);
    await cleanUp();
    expect(await readImport()).toBeNull();
  });

  it("is a number that came along, for as long as its member has not signed in", async () => {
    const email = fresh();
    must(await stage(csv([`${email},${BCRYPT},${freshNumber()},`])));
    must(await begin());
    await toTheEnd();
    await setClock(30 * DAY);
    await cleanUp();
    expect(await sql`SELECT 1 FROM users u JOIN account_phones p ON p.user_id = u.id WHERE u.email = ${email}`).toHaveLength(1);
  });
});
