import { getLocale, getTranslations } from "next-intl/server";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import { COUNTRIES, COUNTRY_AMOUNTS, countryField } from "#lib/console/policy-fields";
import { sendingCountries } from "#lib/console/switch-sending";
import { type CountryBudget, guardModes } from "#lib/policy/country-budget";

/** The countries of the form: those that have budgets, and one more. */
export const countriesOf = (budgets: readonly CountryBudget[]): (CountryBudget | null)[] => [...budgets, null].slice(0, COUNTRIES);

/** The budgets of one country as a row of fields. */
export async function CountryFields({ index, budget }: { index: number; budget: CountryBudget | null }) {
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
