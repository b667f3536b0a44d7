import { describe, expect, it } from "vitest";
import { settings } from "#lib/policy/settings";
import { countryField, factorChoice, factorChoices, fieldAt, policyFields, ruleField, settingFrom, whomOf } from "./policy-fields.ts";

const rowOf = (index: number, who: string, more: Record<string, string> = {}) => ({
  [ruleField(index, "who")]: who,
  [ruleField(index, "factor")]: "passkey",
  [ruleField(index, "from")]: "2027-04-01",
  [ruleField(index, "graceDays")]: "30",
  ...more,
});

describe("Settings as fields of a form", () => {
  it.each([
    ["linksInMail", { linksInMail: "true" }, true],
    ["publicSignUp", { publicSignUp: "false" }, false],
    ["noPstn", { "noPstn.from": "2027-04-01", "noPstn.graceDays": "30" }, { from: "2027-04-01", graceDays: 30 }],
    ["noPstn", { "noPstn.from": " ", "noPstn.graceDays": "" }, { from: null, graceDays: 0 }],
    ["factorsAtSignUp", { factorsAtSignUp: "phone,passkey" }, ["phone", "passkey"]],
    ["lostPhoneWait", { "lostPhoneWait.hours": "48", "lostPhoneWait.flaggedHours": "96" }, { hours: 48, flaggedHours: 96 }],
    ["signInFloorMs", { signInFloorMs: "250" }, 250],
    ["budgetYenPerMonth", { budgetYenPerMonth: "150000" }, 150_000],
    ["budgetYenPerMonth", { budgetYenPerMonth: " " }, null],
    ["keepUsageMonths", { keepUsageMonths: "12" }, 12],
    ["keepMessageDays", { keepMessageDays: "60" }, 60],
    ["keepEventDays", { keepEventDays: "30" }, 30],
    ["searchByBeginning", { searchByBeginning: "true" }, true],
  ] as const)("%s is read from %j", (name, fields, value) => {
    expect(policyFields.strict().safeParse(fields).success).toBe(true);
    expect(settingFrom(name, fields)).toEqual(value);
    expect(settings[name].schema.safeParse(value).success).toBe(true);
  });

  it("reads rules row by row and leaves out those that are not used", () => {
    const group = { [ruleField(2, "group")]: "店舗" };
    const fields = {
      ...rowOf(0, "everybody"),
      ...rowOf(1, "none"),
      ...rowOf(2, "group", group),
      ...rowOf(3, "administrator"),
      ...rowOf(4, ""),
    };
    const value = settingFrom("requirements", fields);
    const common = { factor: "passkey", from: "2027-04-01", graceDays: 30 };
    expect(value).toEqual([
      { who: "everybody", ...common },
      { who: { group: "店舗" }, ...common },
      { who: { role: "administrator" }, ...common },
    ]);
    expect(settings.requirements.schema.safeParse(value).success).toBe(true);
    expect(fieldAt("requirements[1].from", fields)).toBe("requirements[2].from");
    expect(fieldAt("requirements[1].who.group", fields)).toBe("requirements[2].group");
    expect(fieldAt("lostPhoneWait.hours", fields)).toBe("lostPhoneWait.hours");
  });

  it("reads the budgets of countries row by row; an empty amount is none, and what is wrong is said at its field", () => {
    const row = (index: number, country: string, more: Record<string, string> = {}) => ({
      [countryField(index, "country")]: country,
      [countryField(index, "mode")]: "deny",
      [countryField(index, "sendsPerDay")]: "200",
      [countryField(index, "sendsPerMonth")]: " ",
      [countryField(index, "yenPerDay")]: "",
      [countryField(index, "yenPerMonth")]: "20000",
      ...more,
    });
    const fields = { ...row(0, "none"), ...row(1, "US"), ...row(2, "KR", { [countryField(2, "mode")]: "monitor" }) };
    expect(policyFields.strict().safeParse(fields).success).toBe(true);
    const value = settingFrom("budgetPerCountry", fields);
    const common = { sendsPerDay: 200, sendsPerMonth: null, yenPerDay: null, yenPerMonth: 20_000 };
    expect(value).toEqual([
      { country: "US", mode: "deny", ...common },
      { country: "KR", mode: "monitor", ...common },
    ]);
    expect(settings.budgetPerCountry.schema.safeParse(value).success).toBe(true);
    const wrong = (typed: Record<string, string>) =>
      settings.budgetPerCountry.schema.safeParse(settingFrom("budgetPerCountry", typed)).error?.issues[0]?.path.join(".");
    expect(wrong({ ...fields, [countryField(2, "country")]: "US" })).toBe("1.country");
    expect(wrong(row(0, "US", { [countryField(0, "sendsPerDay")]: "", [countryField(0, "yenPerMonth")]: "" }))).toBe("0.sendsPerDay");
    expect(wrong(row(0, "US", { [countryField(0, "yenPerDay")]: "0" }))).toBe("0.yenPerDay");
    expect(wrong(row(0, "US", { [countryField(0, "sendsPerMonth")]: "many" }))).toBe("0.sendsPerMonth");
    expect(fieldAt("budgetPerCountry[1].country", fields)).toBe("budgetPerCountry[2].country");
  });

  it.each([
    ["linksInMail", {}],
    ["lostPhoneWait", { "lostPhoneWait.hours": "1", "lostPhoneWait.flaggedHours": "72" }],
    ["lostPhoneWait", { "lostPhoneWait.hours": "24.5", "lostPhoneWait.flaggedHours": "72" }],
    ["factorsAtSignUp", { factorsAtSignUp: "" }],
    ["factorsAtSignUp", { factorsAtSignUp: "sms" }],
    ["noPstn", { "noPstn.from": "tomorrow" }],
  ] as const)("makes of %s in %j a value that its schema refuses", (name, fields) =>
    expect(settings[name].schema.safeParse(settingFrom(name, fields)).success).toBe(false),
  );

  it("offers every choice of factors once, and knows the one that stands", () => {
    expect(factorChoices.toSorted()).toEqual([
      "passkey",
      "phone",
      "phone,passkey",
      "phone,totp",
      "phone,totp,passkey",
      "totp",
      "totp,passkey",
    ]);
    expect(factorChoice(["passkey", "phone"])).toBe("phone,passkey");
    expect([whomOf("everybody"), whomOf({ group: "a" }), whomOf({ role: "support" }), whomOf({ role: "x" })]).toEqual([
      "everybody",
      "group",
      "support",
      null,
    ]);
  });
});
