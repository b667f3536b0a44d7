import { getTranslations } from "next-intl/server";
import { RadioField } from "#components/form/choices";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import { factorChoice, factorChoices } from "#lib/console/policy-fields";
import { guardModes } from "#lib/policy/country-budget";
import { type SettingName, storedAs } from "#lib/policy/settings";
import { CountryFields, countriesOf } from "./country-fields";
import { NUMBERS } from "./labels";
import { Grace, RuleFields, rowsOf } from "./rule-fields";
import { WouldCatch } from "./would-catch";

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
    case "keepMessageDays":
    case "keepEventDays":
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
