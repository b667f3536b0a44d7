import { describe, expect, it } from "vitest";
import { announcementOf } from "#lib/policy/announce";
import { barredKinds, type HeldFactor, type Judged, mustEnrol, requirementFrom, requirementOf, rulesOf } from "#lib/policy/requirement";
import type { Rule } from "#lib/policy/rule";

const has = (...kinds: string[]): HeldFactor[] => kinds.map((kind) => ({ kind: kind.replace("!", ""), disabled: kind.endsWith("!") }));
const account = (factors: HeldFactor[], more: Partial<Judged> = {}): Judged => ({ roles: [], groups: [], factors, ...more });
const rule = (factor: Rule["factor"], from: string, graceDays = 0, who: Rule["who"] = "everybody"): Rule => ({
  who,
  factor,
  from,
  graceDays,
});
const said = (needed: { factor: string; until: Date; met: boolean } | null) =>
  needed && `${needed.factor} ${needed.until.toISOString()}${needed.met ? " met" : ""}`;

const NOW = new Date("2027-06-15T03:00:00Z");
const PHONE = has("phone", "recovery_codes");
const [STAFF, SHOP] = [account(PHONE, { roles: ["administrator"] }), account(PHONE, { groups: ["shop"] })];

describe("requirementOf", () => {
  it.each<[string, Judged, Rule[], string | null, string | null]>([
    ["no rule", account(PHONE), [], null, null],
    ["a rule for any factor", account(PHONE), [rule("any", "2020-01-01")], null, null],
    ["a rule that came", account(PHONE), [rule("not_pstn", "2027-06-01")], "not_pstn 2027-05-31T15:00:00.000Z", null],
    ["a rule to come", account(PHONE), [rule("not_pstn", "2027-07-01")], null, "not_pstn 2027-06-30T15:00:00.000Z"],
    ["a rule within its grace", account(PHONE), [rule("not_pstn", "2027-06-01", 30)], null, "not_pstn 2027-06-30T15:00:00.000Z"],
    ["midnight in Japan", account(PHONE), [rule("not_pstn", "2027-06-15")], "not_pstn 2027-06-14T15:00:00.000Z", null],
    ["a met rule", account(has("phone", "totp")), [rule("not_pstn", "2027-06-01")], "not_pstn 2027-05-31T15:00:00.000Z met", null],
    ["a passkey meets both", account(has("passkey")), [rule("not_pstn", "2027-06-01")], "not_pstn 2027-05-31T15:00:00.000Z met", null],
    ["an app is no passkey", account(has("totp")), [rule("passkey", "2027-06-01")], "passkey 2027-05-31T15:00:00.000Z", null],
    [
      "codes on paper meet nothing",
      account(has("recovery_codes")),
      [rule("not_pstn", "2027-06-01")],
      "not_pstn 2027-05-31T15:00:00.000Z",
      null,
    ],
    ["a disabled factor meets nothing", account(has("totp!")), [rule("not_pstn", "2027-06-01")], "not_pstn 2027-05-31T15:00:00.000Z", null],
    ["another's role", account(PHONE), [rule("passkey", "2027-06-01", 0, { role: "administrator" })], null, null],
    ["the account's role", STAFF, [rule("passkey", "2027-06-01", 0, { role: "administrator" })], "passkey 2027-05-31T15:00:00.000Z", null],
    ["another's group", SHOP, [rule("passkey", "2027-06-01", 0, { group: "office" })], null, null],
    ["the account's group", SHOP, [rule("passkey", "2027-06-01", 0, { group: "shop" })], "passkey 2027-05-31T15:00:00.000Z", null],
    [
      "the strictest of two in force",
      SHOP,
      [rule("not_pstn", "2027-01-01"), rule("passkey", "2027-06-01", 0, { group: "shop" })],
      "passkey 2027-05-31T15:00:00.000Z",
      null,
    ],
    [
      "a stricter one that comes",
      SHOP,
      [rule("not_pstn", "2027-01-01"), rule("passkey", "2027-07-01")],
      "not_pstn 2026-12-31T15:00:00.000Z",
      "passkey 2027-06-30T15:00:00.000Z",
    ],
    [
      "nothing is announced that is asked already",
      SHOP,
      [rule("passkey", "2027-01-01"), rule("not_pstn", "2027-07-01")],
      "passkey 2026-12-31T15:00:00.000Z",
      null,
    ],
    [
      "of two that come the first one",
      SHOP,
      [rule("passkey", "2027-09-01"), rule("not_pstn", "2027-07-01")],
      null,
      "not_pstn 2027-06-30T15:00:00.000Z",
    ],
    [
      "the one in force longest",
      SHOP,
      [rule("not_pstn", "2027-06-01"), rule("not_pstn", "2027-02-01")],
      "not_pstn 2027-01-31T15:00:00.000Z",
      null,
    ],
  ])("%s", (_, judged, rules, required, announced) => {
    const found = requirementOf(judged, rules, NOW);
    expect([said(found.required), said(found.announced)]).toEqual([required, announced]);
  });

  it("counts the switch of the telephone as a rule for everybody", () => {
    expect(rulesOf({ noPstn: { from: null, graceDays: 9 }, requirements: [] })).toEqual([]);
    expect(rulesOf({ noPstn: { from: "2027-04-01", graceDays: 9 }, requirements: [] })).toEqual([rule("not_pstn", "2027-04-01", 9)]);
  });
});

describe("A kind", () => {
  it.each<[string, HeldFactor[], Rule["factor"], string, boolean]>([
    ["the phone goes on while there is nothing else", PHONE, "not_pstn", "phone", false],
    ["the phone ends with an app", has("phone", "totp"), "not_pstn", "phone", true],
    ["a disabled app does not bring the phone back", has("phone", "totp!"), "not_pstn", "phone", true],
    ["the app goes on", has("phone", "totp"), "not_pstn", "totp", false],
    ["an app ends with a passkey where one is asked", has("phone", "totp", "passkey"), "passkey", "totp", true],
    ["an app goes on until there is a passkey", has("phone", "totp"), "passkey", "totp", false],
    ["codes on paper go on", has("phone", "passkey", "recovery_codes"), "passkey", "recovery_codes", false],
    ["codes of mails are no factor", has("phone", "passkey"), "passkey", "address", false],
    ["nothing ends where any will do", has("phone", "passkey"), "any", "phone", false],
  ])("%s", (_, factors, factor, kind, barred) => {
    expect(barredKinds(requirementOf(account(factors), [rule(factor, "2027-06-01")], NOW), factors).includes(kind)).toBe(barred);
    // Until then nothing ends.
    expect(barredKinds(requirementOf(account(factors), [rule(factor, "2027-06-01", 30)], NOW), factors)).toEqual([]);
  });

  it("is asked for before anything else only where a rule in force is not met", () => {
    const owes = (factors: HeldFactor[], graceDays: number) =>
      mustEnrol(requirementOf(account(factors), [rule("not_pstn", "2027-06-01", graceDays)], NOW));
    expect([owes(PHONE, 0), owes(has("totp"), 0), owes(PHONE, 30)]).toEqual([true, false, false]);
  });
});

it("What a statement read is judged by its own time, and what nobody set demands nothing", () => {
  const facts = {
    roles: [],
    groups: [],
    factors: PHONE,
    noPstn: { from: "2027-06-01", graceDays: 0 },
    requirements: null,
    now: NOW.toISOString(),
  };
  expect(requirementFrom(facts).required?.factor).toBe("not_pstn");
  expect(requirementFrom({ ...facts, now: "2027-05-01T00:00:00Z" }).required).toBeNull();
  expect(requirementFrom({ ...facts, noPstn: null })).toEqual({ required: null, announced: null });
  expect(requirementFrom({ ...facts, noPstn: { from: "soon" } }).required).toBeNull();
  expect(requirementFrom(null).required).toBeNull();
});

describe("What everybody is told", () => {
  const told = (requirements: Rule[], from: string | null = null) => {
    const { kinds, some } = announcementOf({ noPstn: { from, graceDays: 30 }, requirements }, NOW);
    return [...kinds.map(({ kind, until, ended }) => `${kind} ${until?.toISOString().slice(0, 10) ?? "-"}${ended ? " ended" : ""}`), some];
  };
  it.each<[string, Rule[], string | null, unknown[]]>([
    ["nothing ends", [], null, ["phone -", "totp -", "passkey -", false]],
    ["the telephone ends", [], "2027-07-01", ["phone 2027-07-30", "totp -", "passkey -", false]],
    ["it has ended", [], "2027-01-01", ["phone 2027-01-30 ended", "totp -", "passkey -", false]],
    ["all but passkeys end", [rule("passkey", "2027-07-01")], "2027-07-01", ["phone 2027-06-30", "totp 2027-06-30", "passkey -", false]],
    [
      "whom a rule names is not told",
      [rule("passkey", "2027-07-01", 0, { group: "shop" })],
      null,
      ["phone -", "totp -", "passkey -", true],
    ],
  ])("%s", (_, rules, from, expected) => expect(told(rules, from)).toEqual(expected));
});
