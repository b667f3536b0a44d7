import { getTranslations } from "next-intl/server";
import { Field } from "#components/form/field";
import { Select } from "#components/form/select";
import { RULES, ruleField, whomOf, whoms } from "#lib/console/policy-fields";
import { demands } from "#lib/policy/rule";
import type { Settings } from "#lib/policy/settings";

/** The rules of the form: those that stand, and one more. */
export const rowsOf = (rules: Settings["requirements"]): (Settings["requirements"][number] | null)[] => [...rules, null].slice(0, RULES);

export async function Grace({ name, days }: { name: string; days: number }) {
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
export async function RuleFields({ index, rule }: { index: number; rule: Settings["requirements"][number] | null }) {
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
