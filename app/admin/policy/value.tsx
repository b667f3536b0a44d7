import { getLocale, getTranslations } from "next-intl/server";
import { COUNTRY_AMOUNTS, whomOf } from "#lib/console/policy-fields";
import type { CountryBudget } from "#lib/policy/country-budget";
import { type SettingName, type Settings, storedAs } from "#lib/policy/settings";
import { dayWords } from "#lib/web/when";

type Translate = Awaited<ReturnType<typeof getTranslations<"consolePolicy">>>;

/** A rule in words. */
function ruleWords({ who, factor, from, graceDays }: Settings["requirements"][number], t: Translate, day: (iso: string) => string): string {
  const whom = whomOf(who);
  const named =
    who === "everybody" || whom === "administrator" || whom === "support" ? t(`whom_${whom ?? "everybody"}`) : Object.values(who)[0];
  return t("needed", { whom: String(named), factor: t(`factor_${factor}`), from: day(`${from}T00:00:00+09:00`), grace: graceDays });
}

/** The budgets of a country in words. */
function countryWords(budget: CountryBudget, country: string, t: Translate): string {
  const amounts = COUNTRY_AMOUNTS.flatMap((amount) => {
    const most = budget[amount];
    return most === null ? [] : [t(`${amount}Value`, { count: most })];
  });
  return t("countryValue", { country, amounts: amounts.join(t("countryAnd")), mode: t(`country_${budget.mode}`) });
}

/** A value of a setting in words; one that another version stored reads as the default. */
export async function Value({ name, value }: { name: SettingName; value: unknown }) {
  const t = await getTranslations("consolePolicy");
  const day = await dayWords();
  switch (name) {
    case "noPstn": {
      const { from, graceDays } = storedAs("noPstn", value);
      return <>{from === null ? t("noPstnOff") : `${day(`${from}T00:00:00+09:00`)}（${t("grace")}: ${graceDays}）`}</>;
    }
    case "factorsAtSignUp":
      return (
        <>
          {storedAs("factorsAtSignUp", value)
            .map((one) => t(one))
            .join("・")}
        </>
      );
    case "lostPhoneWait": {
      const { hours, flaggedHours } = storedAs("lostPhoneWait", value);
      return <>{t("hours", { hours, flagged: flaggedHours })}</>;
    }
    case "requirements": {
      const rules = storedAs("requirements", value);
      return rules.length === 0 ? (
        t("noRules")
      ) : (
        <ul>
          {rules.map((rule) => {
            const said = ruleWords(rule, t, day);
            return <li key={said}>{said}</li>;
          })}
        </ul>
      );
    }
    case "budgetPerCountry": {
      const budgets = storedAs("budgetPerCountry", value);
      const names = new Intl.DisplayNames(await getLocale(), { type: "region" });
      return budgets.length === 0 ? (
        t("noBudget")
      ) : (
        <ul>
          {budgets.map((budget) => (
            <li key={budget.country}>{countryWords(budget, names.of(budget.country) ?? budget.country, t)}</li>
          ))}
        </ul>
      );
    }
    case "pumpingGuard": {
      const { mode, sends, provenPercent } = storedAs("pumpingGuard", value);
      return <>{t("guardValue", { mode: t(`guard_${mode}`), sends, percent: provenPercent })}</>;
    }
    case "signInFloorMs":
      return <>{t("milliseconds", { count: storedAs("signInFloorMs", value) })}</>;
    case "plan":
      return <>{t(storedAs("plan", value) ? "planKept" : "planNone")}</>;
    case "dkimSelector":
      return <>{storedAs("dkimSelector", value) ?? t("noSelector")}</>;
    case "budgetSendsPerDay":
    case "budgetSendsPerCountryHour": {
      const sends = storedAs(name, value);
      return <>{sends === null ? t("asEnvironment") : t("texts", { count: sends })}</>;
    }
    case "budgetYenPerMonth": {
      const yen = storedAs("budgetYenPerMonth", value);
      return <>{yen === null ? t("noBudget") : t("yen", { count: yen })}</>;
    }
    case "service": {
      const { name } = storedAs("service", value);
      return <>{name ?? t("asEnvironment")}</>;
    }
    case "keepMessageDays":
    case "keepEventDays":
      return <>{t("days", { count: storedAs(name, value) })}</>;
    case "keepUsageMonths":
      return <>{t("months", { count: storedAs("keepUsageMonths", value) })}</>;
    default:
      return <>{t(storedAs(name, value) ? "on" : "off")}</>;
  }
}
