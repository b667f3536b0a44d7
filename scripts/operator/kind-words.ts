import type { FieldWords, ProviderKind } from "#lib/delivery/provider";
import { inWords, padded } from "./language.ts";

type Schema = { safeParse(value: unknown): { success: boolean; data?: unknown } };

/** Returns whether a value is required, is optional or has a default. */
function needOf(schema: Schema): string {
  const without = schema.safeParse(undefined);
  if (!without.success) return inWords({ en: "required", ja: "必須" });
  if (without.data === undefined || without.data === "") return inWords({ en: "optional", ja: "任意" });
  const value = String(without.data);
  return inWords({ en: `default ${value}`, ja: `初期値 ${value}` });
}

const lineOf = (name: string, schema: Schema, { what, must }: FieldWords) =>
  `  ${padded(name, 20)} ${padded(needOf(schema), 20)} ${inWords(what)}${inWords({ en: "; ", ja: "。" })}${inWords(must)}`;

const linesOf = (shape: Record<string, Schema>, words: Record<string, FieldWords>) =>
  Object.entries(shape).flatMap(([name, schema]) => (words[name] ? [lineOf(name, schema, words[name])] : []));

const none = () => inWords({ en: "  none", ja: "  なし" });

/** Describes a kind in one line. */
export const kindLine = ({ kind, words }: ProviderKind): string => `${padded(kind, 10)}${inWords(words.about)}`;

/** Describes a kind with one line for each setting and secret that an account needs. */
export function kindPage({ kind, channels, countries, needsBaseUrl, schemes, settings, secrets, words }: ProviderKind): string {
  const carries = channels.join(", ").toLowerCase();
  const where = countries?.join(", ") ?? inWords({ en: "every country", ja: "すべての国" });
  const scheme = schemes?.[0] ?? "https:";
  const base = needsBaseUrl
    ? inWords({ en: `required, with ${scheme}//`, ja: `必須（${scheme}// から始まるアドレス）` })
    : inWords({ en: "optional; replaces the vendor's own address", ja: "任意。送信サービス自身のアドレスの代わりに使います" });
  const head: [string, string][] = [
    [inWords({ en: "carries", ja: "送れるもの" }), carries === "" ? inWords({ en: "nothing", ja: "なし" }) : `${carries} → ${where}`],
    ["--base-url", base],
    ["--sender", inWords(words.sender)],
  ];
  return [
    kindLine({ kind, words } as ProviderKind),
    ...head.map(([label, value]) => `  ${padded(label, 20)} ${value}`),
    "",
    inWords({ en: "Settings (--set name=value)", ja: "設定（--set 名前=値）" }),
    ...(Object.keys(settings.shape).length > 0 ? linesOf(settings.shape, words.settings) : [none()]),
    "",
    inWords({ en: "Secrets (never as an argument)", ja: "秘密情報（引数には書きません）" }),
    ...(Object.keys(secrets.shape).length > 0 ? linesOf(secrets.shape, words.secrets) : [none()]),
  ].join("\n");
}
