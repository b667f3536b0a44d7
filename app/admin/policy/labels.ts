import { getTranslations } from "next-intl/server";
import { COUNTRY_AMOUNTS, countryField, ruleField } from "#lib/console/policy-fields";
import { type NumberSetting, type SettingName, storedAs } from "#lib/policy/settings";
import { countriesOf } from "./country-fields";
import { rowsOf } from "./rule-fields";

/** The label of each setting that is one number. */
export const NUMBERS = {
  signInFloorMs: "floor",
  budgetSendsPerDay: "budgetSends",
  budgetSendsPerCountryHour: "budgetCountry",
  budgetYenPerMonth: "budgetYen",
  keepMessageDays: "keepDays",
  keepEventDays: "keepDays",
  keepUsageMonths: "keepMonths",
} as const satisfies Record<NumberSetting, string>;

type Labels = Record<string, string>;

/** The labels of the fields of a setting, which its error summary names. */
export async function labelsOf(name: SettingName, value: unknown): Promise<Labels> {
  const t = await getTranslations("consolePolicy");
  const reason = { reason: t("reason") };
  switch (name) {
    case "noPstn":
      return { "noPstn.from": t("from"), "noPstn.graceDays": t("grace"), ...reason };
    case "lostPhoneWait":
      return { "lostPhoneWait.hours": t("waitHours"), "lostPhoneWait.flaggedHours": t("waitFlagged"), ...reason };
    case "pumpingGuard":
      return {
        "pumpingGuard.mode": t("guardMode"),
        "pumpingGuard.sends": t("guardSends"),
        "pumpingGuard.provenPercent": t("guardPercent"),
        ...reason,
      };
    case "requirements": {
      const rows = rowsOf(storedAs("requirements", value)).map((_, index) => ({
        [ruleField(index, "who")]: t("whom"),
        [ruleField(index, "group")]: t("group"),
        [ruleField(index, "factor")]: t("factor"),
        [ruleField(index, "from")]: t("from"),
        [ruleField(index, "graceDays")]: t("grace"),
      }));
      return Object.assign({}, ...rows, reason);
    }
    case "budgetPerCountry": {
      const rows = countriesOf(storedAs("budgetPerCountry", value)).map((_, index) => ({
        [countryField(index, "country")]: t("country"),
        [countryField(index, "mode")]: t("countryMode"),
        ...Object.fromEntries(COUNTRY_AMOUNTS.map((amount) => [countryField(index, amount), t(amount)])),
      }));
      return Object.assign({}, ...rows, reason);
    }
    case "signInFloorMs":
    case "budgetSendsPerDay":
    case "budgetSendsPerCountryHour":
    case "budgetYenPerMonth":
    case "keepMessageDays":
    case "keepEventDays":
    case "keepUsageMonths":
      return { [name]: t(NUMBERS[name]), ...reason };
    case "dkimSelector":
      return { dkimSelector: t("selector"), ...reason };
    default:
      return { [name]: t(name === "factorsAtSignUp" ? "factors" : "choose"), ...reason };
  }
}
