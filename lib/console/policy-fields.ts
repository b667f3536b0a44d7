import { z } from "zod";
import type { Rule } from "#lib/policy/rule";
import { type SettingName, type Settings, settingNames, signUpFactors } from "#lib/policy/settings";

/**
 * Pure: settings as the fields of a form. A field is named after its place in the value, so that what is wrong with a value is said beside it:
 * `lostPhoneWait.hours`, `requirements[0].from`.
 */

/** The most rules that the form shows; longer lists are changed by the command. */
export const RULES = 20;

const RULE_FIELDS = ["who", "group", "factor", "from", "graceDays"] as const;

/** The name of a field of a rule. */
export const ruleField = (index: number, field: (typeof RULE_FIELDS)[number]): string => `requirements[${index}].${field}`;

/** The most countries with budgets that the form shows; longer lists are changed by the command. */
export const COUNTRIES = 20;

export const COUNTRY_AMOUNTS = ["sendsPerDay", "sendsPerMonth", "yenPerDay", "yenPerMonth"] as const;
const COUNTRY_FIELDS = ["country", "mode", ...COUNTRY_AMOUNTS] as const;

/** The name of a field of a country's budgets. */
export const countryField = (index: number, field: (typeof COUNTRY_FIELDS)[number]): string => `budgetPerCountry[${index}].${field}`;

/** The settings whose form has several fields. */
const compound = ["noPstn", "lostPhoneWait", "pumpingGuard", "requirements", "budgetPerCountry", "service", "plan"] as const;

const text = z.string().max(100).optional();
type FieldName = SettingName | `${(typeof compound)[number]}${"." | "["}${string}`;
const names = [
  ...settingNames.filter((name) => !(compound as readonly string[]).includes(name)),
  ...["noPstn.from", "noPstn.graceDays", "lostPhoneWait.hours", "lostPhoneWait.flaggedHours"],
  ...["pumpingGuard.mode", "pumpingGuard.sends", "pumpingGuard.provenPercent"],
  ...Array.from({ length: RULES }, (_, index) => RULE_FIELDS.map((field) => ruleField(index, field))).flat(),
  ...Array.from({ length: COUNTRIES }, (_, index) => COUNTRY_FIELDS.map((field) => countryField(index, field))).flat(),
];

/** The fields of every setting; a form has those of one. */
export const policyFields = z.object(Object.fromEntries(names.map((name) => [name, text])) as Record<FieldName, typeof text>);

type Fields = Record<string, string | undefined>;

/** A number as it was typed; what is none stays text, which no setting takes. */
const numberOf = (typed: string | undefined): unknown => (/^\d{1,9}$/.test(typed?.trim() ?? "") ? Number(typed) : typed);

/** Whom the choice of a form means. */
export const whoms = ["none", "everybody", "administrator", "support", "group"] as const;
export type Whom = (typeof whoms)[number];

/** The choice that stands for the accounts of a rule; null for a role that the form does not know. */
export const whomOf = (who: Rule["who"]): Whom | null =>
  who === "everybody" ? "everybody" : "group" in who ? "group" : who.role === "administrator" || who.role === "support" ? who.role : null;

const whoOf = (whom: string | undefined, group: string | undefined): unknown =>
  whom === "everybody" ? whom : whom === "group" ? { group: group?.trim().normalize("NFC") } : { role: whom };

/** The rows of a form that are used, by the field that says so: the others are left out, and the rest keep their places. */
const usedRows = (fields: Fields, most: number, nameOf: (index: number) => string): number[] =>
  Array.from({ length: most }, (_, index) => index).filter((index) => !["", "none", undefined].includes(fields[nameOf(index)]));

const usedRules = (fields: Fields) => usedRows(fields, RULES, (index) => ruleField(index, "who"));
const usedCountries = (fields: Fields) => usedRows(fields, COUNTRIES, (index) => countryField(index, "country"));

/** The rules of a form. */
function rulesOf(fields: Fields): unknown[] {
  return usedRules(fields).map((index) => ({
    who: whoOf(fields[ruleField(index, "who")], fields[ruleField(index, "group")]),
    factor: fields[ruleField(index, "factor")],
    from: fields[ruleField(index, "from")],
    graceDays: numberOf(fields[ruleField(index, "graceDays")] || "0"),
  }));
}

/** The budgets of countries of a form; an amount that was left empty is none. */
const countriesOf = (fields: Fields): unknown[] =>
  usedCountries(fields).map((index) => ({
    country: fields[countryField(index, "country")],
    mode: fields[countryField(index, "mode")],
    ...Object.fromEntries(
      COUNTRY_AMOUNTS.map((amount) => {
        const typed = fields[countryField(index, amount)];
        return [amount, typed?.trim() ? numberOf(typed) : null];
      }),
    ),
  }));

/** The value that a form means for a setting; the setting's schema judges it. */
export function settingFrom(name: SettingName, fields: Fields): unknown {
  switch (name) {
    case "noPstn":
      return { from: fields["noPstn.from"]?.trim() || null, graceDays: numberOf(fields["noPstn.graceDays"] || "0") };
    case "lostPhoneWait":
      return { hours: numberOf(fields["lostPhoneWait.hours"]), flaggedHours: numberOf(fields["lostPhoneWait.flaggedHours"]) };
    case "pumpingGuard":
      return {
        mode: fields["pumpingGuard.mode"],
        sends: numberOf(fields["pumpingGuard.sends"]),
        provenPercent: numberOf(fields["pumpingGuard.provenPercent"]),
      };
    case "signInFloorMs":
    case "keepMessageDays":
    case "keepEventDays":
    case "keepUsageMonths":
      return numberOf(fields[name]);
    case "dkimSelector":
      return fields.dkimSelector?.trim().toLowerCase() || null;
    case "budgetSendsPerDay":
    case "budgetSendsPerCountryHour":
    case "budgetYenPerMonth":
      return fields[name]?.trim() ? numberOf(fields[name]) : null;
    case "factorsAtSignUp":
      return (fields.factorsAtSignUp ?? "").split(",").filter(Boolean);
    case "requirements":
      return rulesOf(fields);
    case "budgetPerCountry":
      return countriesOf(fields);
    default:
      return ({ true: true, false: false } as Record<string, boolean>)[fields[name] ?? ""];
  }
}

/** Every choice of factors at sign-up, in the order of the kinds. */
export const factorChoices: string[] = Array.from({ length: 2 ** signUpFactors.length - 1 }, (_, mask) =>
  signUpFactors.filter((_, index) => (mask + 1) & (1 << index)).join(),
);

/** The choice that stands for a list of factors, whatever its order. */
export const factorChoice = (factors: Settings["factorsAtSignUp"]): string => signUpFactors.filter((one) => factors.includes(one)).join();

/** The field of the form for an index in the value, which differs where earlier rows are empty. */
export function fieldAt(place: string, fields: Fields): string {
  const found = /^(requirements|budgetPerCountry)\[(\d+)\](.*)$/.exec(place);
  if (!found) return place;
  const [, list, index, rest] = found;
  const used = list === "requirements" ? usedRules(fields) : usedCountries(fields);
  const at = `${list}[${used[Number(index)] ?? 0}]${rest}`;
  return at.endsWith(".who.group") ? at.replace(/\.who\.group$/, ".group") : at;
}
