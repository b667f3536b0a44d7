import { afterEach, describe, expect, it } from "vitest";
import { addToGroup, membersOf, removeFromGroup } from "#lib/accounts/groups";
import { sql } from "#lib/db/sql";
import { setSetting } from "#lib/policy/change";
import { currentSettings, listSettings, policyHistory, readSettings } from "#lib/policy/read";
import { settingNames } from "#lib/policy/settings";
import { count, forgetPolicy, makeAccount, must, together } from "#lib/testing/fixtures";

const BY = "cli:test";
const rows = (name: string) => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM policy_changes WHERE name = ${name}`);
const events = (like: string) =>
  sql<{ event: string; method: string }>`SELECT event, method FROM audit_events WHERE event LIKE ${like} ORDER BY id`;

afterEach(forgetPolicy);

describe("A setting", () => {
  it("has its default until it is set, and its history afterwards", async () => {
    expect(await readSettings()).toMatchObject({
      linksInMail: false,
      publicSignUp: true,
      factorsAtSignUp: ["phone"],
    });
    expect((await listSettings()).map(({ name, set }) => [name, set])).toEqual(settingNames.map((name) => [name, null]));
    expect(must(await setSetting("publicSignUp", false, `${BY} (a campaign)`))).toBe(true);
    expect(must(await setSetting("publicSignUp", true, BY))).toBe(true);
    expect((await readSettings()).publicSignUp).toBe(true);
    expect((await policyHistory("publicSignUp")).map(({ value, by }) => [value, by])).toEqual([
      [true, BY],
      [false, `${BY} (a campaign)`],
    ]);
    expect(await events("policy.%")).toEqual([
      { event: "policy.changed", method: `publicSignUp ${BY} (a campaign)` },
      { event: "policy.changed", method: `publicSignUp ${BY}` },
    ]);
  });

  it("that is set to its value, also by twenty operators at once, is one row", async () => {
    expect(must(await setSetting("linksInMail", false, BY))).toBe(false);
    // Opened before, so that the twenty run at the same time.
    await together(20, () => sql`SELECT pg_sleep(0.2)`);
    const made = await together(20, () => setSetting("noPstn", { from: "2027-04-01", graceDays: 30 }, BY));
    expect(made.filter((one) => must(one))).toHaveLength(1);
    expect([await rows("linksInMail"), await rows("noPstn")]).toEqual([0, 1]);
  });

  it.each<[string, unknown, string]>([
    ["linksInMail", "yes", ""],
    ["publicSignUp", 1, ""],
    ["noPstn", { from: "2027-13-01" }, ".from"],
    ["noPstn", { from: "2027-04-01T00:00:00Z" }, ".from"],
    ["noPstn", { from: "2027-04-01", graceDays: -1 }, ".graceDays"],
    ["noPstn", { from: null, days: 3 }, ""],
    ["factorsAtSignUp", [], ""],
    ["factorsAtSignUp", ["phone", "phone"], ""],
    ["factorsAtSignUp", ["pigeon"], "[0]"],
    ["requirements", [{ who: "everybody", factor: "sms", from: "2027-04-01" }], "[0].factor"],
    ["requirements", [{ who: "nobody", factor: "passkey", from: "2027-04-01" }], "[0].who"],
    ["requirements", [{ who: { group: "a b" }, factor: "passkey", from: "2027-04-01" }], "[0].who.group"],
    ["requirements", [{ who: { role: "support", group: "x" }, factor: "passkey", from: "2027-04-01" }], "[0].who"],
    ["requirements", {}, ""],
  ])("refuses for %s the value %j at %j, and writes nothing", async (name, value, at) => {
    expect(await setSetting(name, value, BY)).toEqual({ ok: false, error: { problem: "invalid_value", name, at } });
    expect(await rows(name)).toBe(0);
  });

  it("that there is not is refused by name", async () => {
    for (const name of ["nothing", "constructor", "__proto__"])
      expect(await setSetting(name, true, BY)).toEqual({ ok: false, error: { problem: "unknown_setting" } });
  });

  it("is at most a second old where it is kept, and as it is where a guard reads it", async () => {
    expect((await currentSettings()).publicSignUp).toBe(true);
    // The row is written as by another instance, and this process gets no signal of it.
    await sql`INSERT INTO policy_changes (name, value, by) VALUES ('publicSignUp', 'false', ${BY})`;
    expect((await readSettings()).publicSignUp).toBe(false);
    const changed = Date.now();
    while ((await currentSettings()).publicSignUp) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(Date.now() - changed).toBeLessThan(1500);
  });

  it("of another version, which this one cannot read, is the default", async () => {
    await sql`INSERT INTO policy_changes (name, value, by) VALUES ('factorsAtSignUp', '["retina"]', ${BY})`;
    expect((await readSettings()).factorsAtSignUp).toEqual(["phone"]);
  });
});

describe("A group", () => {
  it("takes and gives up accounts once each, with an event for each of them", async () => {
    const [one, two] = [await makeAccount(), await makeAccount()];
    expect(must(await addToGroup("shop", [one.email, ` ${two.email.toUpperCase()} `], BY))).toBe(2);
    expect(must(await addToGroup("shop", [one.email], BY))).toBe(0);
    expect(await membersOf("shop")).toEqual([one.email, two.email].sort());
    expect(must(await removeFromGroup("shop", [one.email], BY))).toBe(1);
    expect(must(await removeFromGroup("shop", [one.email], BY))).toBe(0);
    expect((await events("group.%")).map(({ event, method }) => `${event} ${method}`)).toEqual([
      `group.added shop ${BY}`,
      `group.added shop ${BY}`,
      `group.removed shop ${BY}`,
    ]);
  });

  it("takes all of a list or none: an address without an account, or that is none, is named", async () => {
    const { email } = await makeAccount();
    expect(await addToGroup("office", [email, "nobody@example.jp"], BY)).toEqual({
      ok: false,
      error: { problem: "no_such_account", emails: ["nobody@example.jp"] },
    });
    expect(await addToGroup("office", [email, "no address"], BY)).toEqual({
      ok: false,
      error: { problem: "not_an_address", emails: ["no address"] },
    });
    expect(await addToGroup("a,b", [email], BY)).toEqual({ ok: false, error: { problem: "bad_name" } });
    expect(await membersOf("office")).toEqual([]);
  });
});
