import { getLocale, getTranslations } from "next-intl/server";
import { Field } from "#components/form/field";
import { TextArea } from "#components/form/text-area";
import { type fieldsOfKind, isLong, type Need } from "#lib/console/provider-fields";
import type { Both } from "#lib/delivery/provider";
import type { ListedProviderAccount } from "#lib/delivery/provider-accounts/store";
import { capital } from "#lib/words/capital";

type Kind = NonNullable<ReturnType<typeof fieldsOfKind>>;

const fieldsIn = ({ settings, secrets }: Kind) => [...settings, ...secrets];

/** The part of an operator's help before its explanation: names a field. */
const shortOf = (text: string): string => text.split(/[。（(;]/)[0] ?? text;

/** What the help says besides the label that stands over it. */
const restOf = (text: string): string => {
  const label = shortOf(text);
  const rest = text.slice(label.length);
  return rest === "" ? "" : /^[。;]/.test(rest) ? rest.slice(1).trim() : text;
};

/** The labels of the fields of a kind, which its error summary names. */
export async function labelsOf(kind: Kind): Promise<Record<string, string>> {
  const t = await getTranslations("consoleProviders");
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  return {
    name: t("name"),
    ...Object.fromEntries(
      fieldsIn(kind).map(({ field, words }) => [field, locale === "en" ? capital(shortOf(words.what.en)) : shortOf(words.what.ja)]),
    ),
    baseUrl: t("baseUrl"),
    sender: t("sender"),
    countries: t("countries"),
    price: t("price"),
  };
}

type Props = { kind: Kind; line?: ListedProviderAccount | undefined };

/** The fields of an account of a kind, filled with its values; secrets and certificates are never shown again. */
export async function ProviderFields({ kind, line }: Props) {
  const t = await getTranslations("consoleProviders");
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const labels = await labelsOf(kind);
  const plain = { type: "text", autoComplete: "off", autoCapitalize: "none", spellCheck: false } as const;
  const needed = (need: Need) => (need.is === "default" ? t("fallback", { value: need.value }) : t(need.is));
  const say = (words: { what: Both; must: Both }, need: string) =>
    locale === "en"
      ? `${capital([restOf(words.what.en), words.must.en].filter(Boolean).join("; "))} (${need}).`
      : `${[restOf(words.what.ja), words.must.ja].filter(Boolean).join("。")}（${need}）。`;
  const { kind: about } = kind;
  const all = about.countries?.join(", ") ?? t("everyCountry");
  return (
    <>
      <input type="hidden" name="kind" value={about.kind} />
      {line ? (
        <input type="hidden" name="name" value={line.name} />
      ) : (
        <Field name="name" label={t("name")} hint={t("nameHint")} defaultValue={about.kind} maxLength={32} required {...plain} />
      )}
      {kind.settings.map(({ field, name, need, words }) =>
        isLong(about.kind, name) ? (
          <TextArea key={field} name={field} label={labels[field] ?? name} hint={say(words, line ? t("longKept") : needed(need))} />
        ) : (
          <Field
            key={field}
            name={field}
            label={labels[field] ?? name}
            hint={say(words, needed(need))}
            defaultValue={line?.settings[name] === undefined ? undefined : String(line.settings[name])}
            required={need.is === "required"}
            {...plain}
          />
        ),
      )}
      {kind.secrets.map(({ field, name, need, words }) => {
        const kept = line?.secrets.includes(name) ?? false;
        return (
          <Field
            key={field}
            name={field}
            label={labels[field] ?? name}
            hint={say(words, kept ? t("secretKept") : needed(need))}
            required={need.is === "required" && !kept}
            {...plain}
            type="password"
            autoComplete="new-password"
          />
        );
      })}
      <Field
        name="baseUrl"
        label={t("baseUrl")}
        hint={about.needsBaseUrl ? t("baseUrlNeeded", { scheme: about.schemes?.[0] ?? "https:" }) : t("baseUrlOptional")}
        defaultValue={line?.baseUrl ?? undefined}
        required={about.needsBaseUrl === true}
        {...plain}
      />
      {about.channels.length > 0 ? (
        <>
          <Field
            name="sender"
            label={t("sender")}
            hint={t("senderHint", { words: about.words.sender[locale] })}
            defaultValue={line?.sender ?? undefined}
            {...plain}
          />
          <Field
            name="countries"
            label={t("countries")}
            hint={line ? t("countriesChange") : t("countriesHint", { all })}
            defaultValue={line ? [...new Set(line.routes.map(({ country }) => country))].join(", ") : undefined}
            {...plain}
          />
          <Field
            name="price"
            label={t("price")}
            hint={t("priceHint")}
            defaultValue={line?.price ?? undefined}
            inputMode="decimal"
            maxLength={12}
            {...plain}
          />
        </>
      ) : null}
    </>
  );
}
