import { getLocale, getTranslations } from "next-intl/server";
import { RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import {
  COUNTRIES,
  COUNTRY_AMOUNTS,
  countryField,
  factorChoice,
  factorChoices,
  RULES,
  ruleField,
  whomOf,
  whoms,
} from "#lib/console/policy-fields";
import { sendingCountries } from "#lib/console/switch-sending";
import {
  type CountryBudget,
  demands,
  guardModes,
  type NumberSetting,
  type SettingName,
  type Settings,
  storedAs,
} from "#lib/policy/settings";
import { WouldCatch } from "./would-catch";

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
    case "keepUsageMonths":
      return { [name]: t(NUMBERS[name]), ...reason };
    case "dkimSelector":
      return { dkimSelector: t("selector"), ...reason };
    default:
      return { [name]: t(name === "factorsAtSignUp" ? "factors" : "choose"), ...reason };
  }
}

/** The label of each setting that is one number. */
const NUMBERS = {
  signInFloorMs: "floor",
  budgetSendsPerDay: "budgetSends",
  budgetSendsPerCountryHour: "budgetCountry",
  budgetYenPerMonth: "budgetYen",
  keepUsageMonths: "keepMonths",
} as const satisfies Record<NumberSetting, string>;

/** The rules of the form: those that stand, and one more. */
const rowsOf = (rules: Settings["requirements"]): (Settings["requirements"][number] | null)[] => [...rules, null].slice(0, RULES);

/** The countries of the form: those that have budgets, and one more. */
const countriesOf = (budgets: readonly CountryBudget[]): (CountryBudget | null)[] => [...budgets, null].slice(0, COUNTRIES);

/** The fields of one setting, filled with its value. */
export async function SettingFields({ name, value }: { name: SettingName; value: unknown }) {
  const t = await getTranslations("consolePolicy");
  switch (name) {
    case "noPstn": {
      const { from, graceDays } = storedAs("noPstn", value);
      return (
        <>
          <Field name="noPstn.from" type="date" label={t("from")} hint={t("fromHint")} defaultValue={from ?? ""} />
          <Grace name="noPstn.graceDays" days={graceDays} />
        </>
      );
    }
    case "lostPhoneWait": {
      const { hours, flaggedHours } = storedAs("lostPhoneWait", value);
      const field = { type: "text", inputMode: "numeric", maxLength: 3, required: true, autoComplete: "off" } as const;
      return (
        <>
          <Field name="lostPhoneWait.hours" label={t("waitHours")} hint={t("waitHint")} defaultValue={String(hours)} {...field} />
          <Field name="lostPhoneWait.flaggedHours" label={t("waitFlagged")} defaultValue={String(flaggedHours)} {...field} />
        </>
      );
    }
    case "pumpingGuard": {
      const guard = storedAs("pumpingGuard", value);
      const field = { type: "text", inputMode: "numeric", required: true, autoComplete: "off" } as const;
      const modes = guard.mode === "deny" ? guardModes : guardModes.toReversed();
      return (
        <>
          <WouldCatch guard={guard} />
          <RadioField
            name="pumpingGuard.mode"
            legend={t("guardMode")}
            options={modes.map((mode) => ({ value: mode, label: t(`guard_${mode}`) }))}
          />
          <Field
            name="pumpingGuard.sends"
            label={t("guardSends")}
            hint={t("guardSendsHint")}
            defaultValue={String(guard.sends)}
            maxLength={5}
            {...field}
          />
          <Field
            name="pumpingGuard.provenPercent"
            label={t("guardPercent")}
            defaultValue={String(guard.provenPercent)}
            maxLength={2}
            {...field}
          />
        </>
      );
    }
    case "factorsAtSignUp":
      return (
        <Select
          name="factorsAtSignUp"
          label={t("factors")}
          defaultValue={factorChoice(storedAs("factorsAtSignUp", value))}
          options={factorChoices.map((choice) => ({ value: choice, label: namesOf(choice, t) }))}
        />
      );
    case "signInFloorMs":
    case "budgetSendsPerDay":
    case "budgetSendsPerCountryHour":
    case "budgetYenPerMonth":
    case "keepUsageMonths": {
      const hint = name === "budgetYenPerMonth" ? "budgetHint" : name.startsWith("budgetSends") ? "budgetSendsHint" : null;
      return (
        <Field
          name={name}
          label={t(NUMBERS[name])}
          hint={hint ? t(hint) : undefined}
          defaultValue={String(storedAs(name, value) ?? "")}
          type="text"
          inputMode="numeric"
          maxLength={9}
          required={hint === null}
          autoComplete="off"
        />
      );
    }
    case "dkimSelector":
      return (
        <Field
          name="dkimSelector"
          label={t("selector")}
          hint={t("selectorHint")}
          defaultValue={storedAs("dkimSelector", value) ?? ""}
          type="text"
          maxLength={63}
          autoComplete="off"
        />
      );
    case "budgetPerCountry":
      return (
        <>
          {countriesOf(storedAs("budgetPerCountry", value)).map((budget, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the list
            <CountryFields key={index} index={index} budget={budget} />
          ))}
        </>
      );
    case "requirements":
      return (
        <>
          {rowsOf(storedAs("requirements", value)).map((rule, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place in the list
            <RuleFields key={index} index={index} rule={rule} />
          ))}
        </>
      );
    default: {
      const on = storedAs(name, value) === true;
      const options = [
        { value: "true", label: t("on") },
        { value: "false", label: t("off") },
      ];
      return <RadioField name={name} legend={t("choose")} options={on ? options : options.toReversed()} />;
    }
  }
}

const namesOf = (choice: string, t: Awaited<ReturnType<typeof getTranslations<"consolePolicy">>>): string =>
  choice
    .split(",")
    .map((kind) => t(kind as "phone" | "totp" | "passkey"))
    .join("・");

async function Grace({ name, days }: { name: string; days: number }) {
  const t = await getTranslations("consolePolicy");
  return (
    <Field
      name={name}
      type="text"
      inputMode="numeric"
      maxLength={4}
      autoComplete="off"
      label={t("grace")}
      hint={t("graceHint")}
      defaultValue={String(days)}
    />
  );
}

/** One rule as a row of fields. */
async function RuleFields({ index, rule }: { index: number; rule: Settings["requirements"][number] | null }) {
  const t = await getTranslations("consolePolicy");
  const whom = rule ? whomOf(rule.who) : "none";
  const group = rule && rule.who !== "everybody" && "group" in rule.who ? rule.who.group : "";
  return (
    <fieldset className="mt-6 border-t border-line pt-3">
      <legend className="label float-left w-full">{rule ? t("rule", { number: index + 1 }) : t("ruleNew")}</legend>
      <p className="hint clear-both">{t("ruleHint")}</p>
      <div className="grid gap-x-4 @[36rem]:grid-cols-2">
        <Select
          name={ruleField(index, "who")}
          label={t("whom")}
          defaultValue={whom ?? "none"}
          options={whoms.map((value) => ({ value, label: t(`whom_${value}`) }))}
        />
        <Field name={ruleField(index, "group")} label={t("group")} defaultValue={group} maxLength={64} autoComplete="off" />
        <Select
          name={ruleField(index, "factor")}
          label={t("factor")}
          defaultValue={rule?.factor ?? "passkey"}
          options={demands.map((value) => ({ value, label: t(`factor_${value}`) }))}
        />
        <Field name={ruleField(index, "from")} type="date" label={t("from")} defaultValue={rule?.from ?? ""} />
      </div>
      <Grace name={ruleField(index, "graceDays")} days={rule?.graceDays ?? 0} />
    </fieldset>
  );
}

/** The budgets of one country as a row of fields. */
async function CountryFields({ index, budget }: { index: number; budget: CountryBudget | null }) {
  const t = await getTranslations("consolePolicy");
  const names = new Intl.DisplayNames(await getLocale(), { type: "region" });
  const countries = [...new Set([...(budget ? [budget.country] : []), ...sendingCountries()])];
  return (
    <fieldset className="mt-6 border-t border-line pt-3">
      <legend className="label float-left w-full">
        {budget ? t("countryBudget", { country: names.of(budget.country) ?? budget.country }) : t("countryNew")}
      </legend>
      <p className="hint clear-both">{t("countryHint")}</p>
      <div className="grid gap-x-4 @[36rem]:grid-cols-2">
        <Select
          name={countryField(index, "country")}
          label={t("country")}
          defaultValue={budget?.country ?? "none"}
          options={[
            { value: "none", label: t("whom_none") },
            ...countries.map((value) => ({ value, label: `${names.of(value) ?? value} (${value})` })),
          ]}
        />
        <Select
          name={countryField(index, "mode")}
          label={t("countryMode")}
          defaultValue={budget?.mode ?? "deny"}
          options={guardModes.map((mode) => ({ value: mode, label: t(`country_${mode}`) }))}
        />
        {COUNTRY_AMOUNTS.map((amount) => (
          <Field
            key={amount}
            name={countryField(index, amount)}
            label={t(amount)}
            hint={amount.startsWith("yen") ? t("countryYenHint") : undefined}
            defaultValue={String(budget?.[amount] ?? "")}
            type="text"
            inputMode="numeric"
            maxLength={9}
            autoComplete="off"
          />
        ))}
      </div>
    </fieldset>
  );
}
