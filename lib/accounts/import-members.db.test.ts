import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone, broughtNumber } from "#lib/accounts/bind-phone";
import { exportMembers } from "#lib/accounts/export-members";
import { type ImportRow, importMembers } from "#lib/accounts/import-members";
import { signIn } from "#lib/accounts/sign-in";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, forgetLimits, forgetPolicy, freshNumber, makeAccount, must, requester, setPolicy, signedIn } from "#lib/testing/fixtures";

beforeEach(forgetLimits);
afterEach(forgetPolicy);

/** crypt_blowfish's vector for "U*U", phpass' for "test12345". */
const BCRYPT = { text: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", password: "U*U" };
const PHPASS = { text: "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", password: "test12345" };

async function* listed(rows: Partial<ImportRow>[]): AsyncGenerator<ImportRow> {
  for (const [index, row] of rows.entries()) yield { line: index + 2, email: "", passwordHash: "", phone: "", groups: [], ...row };
}
const run = (rows: Partial<ImportRow>[], dry = false) => importMembers(listed(rows), { dry, by: "cli:test" });
const fresh = () => `${randomUUID()}@example.jp`;
const stored = async (email: string) => {
  const [row] = await sql<{ passwordHash: string; id: string }>`SELECT password_hash, id FROM users WHERE email = ${email}`;
  return row;
};

describe("A member who comes along", () => {
  it("signs in with the old password, proves the address and the number that came along, and has our hash from then on", async () => {
    const [email, number] = [fresh(), freshNumber()];
    expect(await run([{ email, passwordHash: BCRYPT.text, phone: number, groups: ["shop-1"] }])).toMatchObject({
      rows: 1,
      taken: 1,
      systems: { bcrypt: 1 },
    });
    const before = (await stored(email))?.passwordHash ?? "";
    expect(before).toContain(":~bcrypt~05~");
    expect(before).not.toContain("E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    expect(await signIn({ identifier: email, password: "u*u" }, requester)).toMatchObject({ error: { code: "credentials_wrong" } });
    const { token, view } = must(await signIn({ identifier: email, password: BCRYPT.password }, requester));
    expect(view.purpose).toBe("SIGN_UP");
    const after = (await stored(email))?.passwordHash ?? "";
    expect(after).toContain("$argon2id$");
    const led = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    if (led.next !== "bind_phone") throw new Error(led.next);
    expect(await broughtNumber(led.challengeToken)).toBe(number);
    must(await bindPhone(led.challengeToken, { number: "", channel: "sms", acceptRisk: true }, requester));
    const done = signedIn(must(await verifyChallenge(led.challengeToken, { code: await codeOf(led.challengeToken) }, requester)));
    expect(done).toMatchObject({ next: "save_recovery_codes", session: { aal: 2 } });
    const userId = (await stored(email))?.id ?? "";
    expect(await sql`SELECT name FROM user_groups WHERE user_id = ${userId}::uuid`).toEqual([{ name: "shop-1" }]);
  });

  it("may name another number than the one that came along", async () => {
    const [email, other] = [fresh(), freshNumber()];
    await run([{ email, passwordHash: PHPASS.text, phone: freshNumber() }]);
    const { token } = must(await signIn({ identifier: email, password: PHPASS.password }, requester));
    const led = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    if (led.next !== "bind_phone") throw new Error(led.next);
    must(await bindPhone(led.challengeToken, { number: other, channel: "sms", acceptRisk: true }, requester));
    expect(must(await verifyChallenge(led.challengeToken, { code: await codeOf(led.challengeToken) }, requester)).next).toBe(
      "save_recovery_codes",
    );
  });

  it("cannot sign in by the number before it is proven", async () => {
    const number = freshNumber();
    await run([{ email: fresh(), passwordHash: BCRYPT.text, phone: number }]);
    expect(await signIn({ identifier: number, password: BCRYPT.password }, requester)).toMatchObject({
      error: { code: "credentials_wrong" },
    });
  });
});

describe("A file of members", () => {
  it("is told line by line: what is left out, and what is taken with a word of warning", async () => {
    const known = await makeAccount();
    const email = fresh();
    const rows = [
      { email, passwordHash: PHPASS.text },
      { email: email.toUpperCase(), passwordHash: BCRYPT.text },
      { email: "nobody", passwordHash: BCRYPT.text },
      { email: fresh(), passwordHash: "5f4dcc3b5aa765d61d8327deb882cf99" },
      { email: known.email, passwordHash: BCRYPT.text },
      { email: fresh(), passwordHash: BCRYPT.text, groups: ["bad group!"] },
      { email: fresh(), passwordHash: BCRYPT.text, phone: "+1 900 555" },
      { email: fresh() },
      { email: fresh(), passwordHash: PHPASS.text.replace("$P$9", "$P$H") },
      { email: fresh(), passwordHash: BCRYPT.text.replace("$05$", "$15$") },
    ];
    const expected = {
      rows: 10,
      taken: 3,
      lines: {
        weak_hash: [2, 3, 4, 6, 7, 8],
        twice_in_file: [3],
        not_an_address: [4],
        unknown_hash: [5],
        known_address: [6],
        bad_group: [7],
        number_not_read: [8],
        no_hash: [9],
        costly_hash: [10, 11],
      },
    };
    expect(await run(rows, true)).toMatchObject(expected);
    expect(await stored(email), "a dry run writes nothing").toBeUndefined();
    expect(await run(rows)).toMatchObject(expected);
    expect((await stored(known.email))?.passwordHash).not.toContain("~");
  });

  it("is taken once by two imports at the same time, and goes on where one was interrupted", async () => {
    const rows = Array.from({ length: 600 }, () => ({ email: fresh(), passwordHash: BCRYPT.text, phone: freshNumber() }));
    await run(rows.slice(0, 100));
    const both = await Promise.all([run(rows), run(rows)]);
    expect(both.reduce((sum, { taken }) => sum + taken, 0)).toBe(500);
    const [row] = await sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM users WHERE email = ANY(${rows.map(({ email }) => email)}::text[])`;
    expect(row?.n).toBe(600);
  });
});

describe("A member who leaves", () => {
  const exported = async (email: string) => {
    for await (const row of exportMembers({ by: "cli:test" })) if (row.email === email) return row;
    return undefined;
  };

  it("takes the number along that was imported, and is told apart while only a mark of the old hash is kept", async () => {
    const [email, number] = [fresh(), freshNumber()];
    await run([{ email, passwordHash: BCRYPT.text, phone: number, groups: ["shop-1"] }]);
    const left = { email, phone: number, phoneProven: false, groups: ["shop-1"] };
    expect(await exported(email)).toEqual({ ...left, passwordHash: "", pepperOf: "", markOnly: true });
    must(await signIn({ identifier: email, password: BCRYPT.password }, requester));
    expect(await exported(email)).toMatchObject({ ...left, passwordHash: expect.stringMatching(/^\$argon2id\$/), markOnly: false });
  });

  it("who has proven a number takes that one along, and who has none an empty one", async () => {
    const proven = await makeAccount();
    expect(await exported(proven.email)).toMatchObject({ phone: proven.e164, phoneProven: true, markOnly: false });
    const email = fresh();
    await run([{ email, passwordHash: BCRYPT.text }]);
    expect(await exported(email)).toMatchObject({ phone: "", phoneProven: null });
  });
});

describe("An export of all members", () => {
  it("is an event of the audit log with its author before the first member is given out", async () => {
    await makeAccount();
    const rows = exportMembers({ by: "cli:leaver", peppers: true });
    expect((await rows.next()).done).toBe(false);
    await rows.return(undefined);
    expect(await sql`SELECT method FROM audit_events WHERE event = 'members.exported' AND method LIKE '%cli:leaver'`).toEqual([
      { method: "peppers cli:leaver" },
    ]);
  });
});

describe("While members with another system's hash remain", () => {
  it("a wrong password takes as long for them as for an unknown account and for one of ours", async () => {
    const email = fresh();
    const { floorMs } = await run([{ email, passwordHash: PHPASS.text }]);
    expect(floorMs).toBeGreaterThan(60);
    await setPolicy("signInFloorMs", 400);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const ours = await makeAccount();
    const once = async (identifier: string) => {
      const began = performance.now();
      await signIn({ identifier, password: "not it, whatever it is" }, requester);
      return performance.now() - began;
    };
    // The shortest of three, because a busy machine only ever adds time.
    const took = async (identifier: string) => Math.min(await once(identifier), await once(identifier), await once(identifier));
    const times = [await took(email), await took(ours.email), await took(fresh())];
    for (const ms of times) expect(ms).toBeGreaterThanOrEqual(399);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(150);
  });
});
