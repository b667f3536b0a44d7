import type { PolicyProblem } from "#lib/policy/change";
import type { PolicyChange, SettingLine } from "#lib/policy/read";
import { type SettingName, settingNames, settings } from "#lib/policy/settings";
import { inWords, padded } from "./language.ts";

const ENGLISH = `npm run policy -- list                              every setting with its value
npm run policy -- show NAME                         one setting, what it does and what it takes
npm run policy -- set NAME VALUE [--from DATE] [--reason TEXT]
                                                    VALUE is JSON; --from fills in the day of noPstn or of rules without one
npm run policy -- history [NAME]                    who changed what when, the latest first
npm run policy -- factors                           how second factors were used within 30 days, and which ones accounts have

A change counts on every instance within a second and is in the audit log.`;

const JAPANESE = `npm run policy -- list                              すべての設定と、いまの値
npm run policy -- show NAME                         1つの設定の説明と、書ける値
npm run policy -- set NAME VALUE [--from 日付] [--reason 理由]
                                                    VALUE は JSON。--from は、noPstn や日付のない規則の開始日になります
npm run policy -- history [NAME]                    誰が、いつ、何を変えたか（新しい順）
npm run policy -- factors                           この30日に使われた確認方法と、アカウントに登録されている方法

変更は1秒以内にすべてのサーバーに効き、監査ログに残ります。`;

export const policyUsage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

const json = (value: unknown) => JSON.stringify(value);

const setBy = ({ set }: SettingLine): string =>
  set
    ? inWords({ en: `set ${set.at} by ${set.by}`, ja: `${set.at} に ${set.by} が設定` })
    : inWords({ en: "as shipped", ja: "初期値のまま" });

export const listLine = (line: SettingLine): string => `${padded(line.name, 16)} ${json(line.value)}  (${setBy(line)})`;

/** One setting with what it does. */
export function settingPage(line: SettingLine): string {
  const { says, takes, initial } = settings[line.name];
  const rows: [en: string, ja: string, value: string][] = [
    ["value", "値", json(line.value)],
    ["", "", setBy(line)],
    ["takes", "書ける値", inWords(takes)],
    ["default", "初期値", json(initial)],
  ];
  return [line.name, `  ${inWords(says)}`, ...rows.map(([en, ja, value]) => `  ${padded(inWords({ en, ja }), 10)} ${value}`)].join("\n");
}

export const historyLine = ({ at, name, value, by }: PolicyChange): string => `${at}  ${padded(name, 16)} ${json(value)}  ${by}`;

const names = () => settingNames.join(", ");

export const unknownSetting = (name: string): string =>
  inWords({ en: `There is no setting ${name}. There are: ${names()}.`, ja: `${name} という設定はありません。設定：${names()}` });

/** What a value must be, with the place where it is not. */
export function badValue(name: SettingName, at: string): string {
  const takes = inWords(settings[name].takes);
  const place = at === "" ? name : `${name}${at}`;
  return inWords({
    en: `Nothing was changed: ${place} is not a value of this setting. It takes ${takes}.`,
    ja: `何も変更していません。${place} の値が正しくありません。書ける値：${takes}`,
  });
}

export const describePolicyProblem = (problem: PolicyProblem, name: string): string =>
  problem.problem === "unknown_setting" ? unknownSetting(name) : badValue(problem.name, problem.at);
