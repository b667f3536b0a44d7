import type { KeyLine, KeyProblem } from "#lib/keys/store";
import { inWords } from "./language.ts";

const ENGLISH = `npm run key -- list
npm run key -- add NAME --scope verify [--countries JP,…] [--per-day N]   makes a key and prints it once
npm run key -- rotate NAME [--overlap HOURS]   prints a new one; the one before works for 24 hours more, or as long as you say
npm run key -- remove NAME   ends it at once

A key lets another system call this one: Authorization: Bearer KEY. Scope verify: to have a number proven (docs/verification.md).`;

const JAPANESE = `npm run key -- list
npm run key -- add 名前 --scope verify [--countries JP,…] [--per-day 回数]   キーを作り、1度だけ表示します
npm run key -- rotate 名前 [--overlap 時間]   新しいキーを表示します。前のキーはあと24時間（または指定した時間）使えます
npm run key -- remove 名前   すぐに使えなくします

キーは、ほかのシステムからこのシステムを呼び出すためのものです（Authorization: Bearer キー）。
スコープ verify は電話番号の確認です（docs/verification.ja.md）。`;

export const keyUsage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

const problems: Record<KeyProblem, { en: string; ja: string }> = {
  bad_name: {
    en: "a key is named by up to 64 letters, digits, dots, hyphens and underscores.",
    ja: "キーの名前は、文字・数字・「.」「-」「_」で64文字までです。",
  },
  bad_scope: { en: "say --scope verify.", ja: "--scope verify と指定してください。" },
  bad_country: {
    en: "--countries takes countries of ALLOWED_COUNTRIES, separated by commas: JP,US.",
    ja: "--countries には ALLOWED_COUNTRIES にある国を「,」で区切って指定してください（例：JP,US）。",
  },
  bad_budget: { en: "--per-day takes a whole number of sends, from 1.", ja: "--per-day には1日の送信数を1以上の整数で指定してください。" },
  bad_overlap: { en: "--overlap takes hours, from 0 to 720.", ja: "--overlap には0から720までの時間数を指定してください。" },
  name_taken: {
    en: "there is a key with this name. Rotate it, or choose another name.",
    ja: "この名前のキーはすでにあります。rotate で更新するか、別の名前にしてください。",
  },
  no_such_key: { en: "there is no key with this name.", ja: "この名前のキーはありません。" },
};

/** Why nothing was changed. */
export const keyProblem = (problem: KeyProblem): string =>
  inWords({ en: `Nothing was changed: ${problems[problem].en}`, ja: `何も変更していません。${problems[problem].ja}` });

/** A secret with what to do with it. */
export const keyMade = (secret: string): string =>
  inWords({
    en: `${secret}\n\nKeep it now: it is not shown again. Put it into the settings of the other system, never into a page or an app.`,
    ja: `${secret}\n\nいま控えてください。もう1度表示することはできません。相手のシステムの設定に入れ、ページやアプリには入れないでください。`,
  });

export const keyRemoved = (name: string): string => inWords({ en: `${name}: removed.`, ja: `${name} を削除しました。` });

const moment = (at: Date) => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

function lineOf({ name, scopes, countries, sendsPerDay, lastUsedAt, oldUntil }: KeyLine): string {
  const parts = [
    name,
    scopes.join(","),
    countries?.join(",") ?? inWords({ en: "all countries", ja: "すべての国" }),
    sendsPerDay === null
      ? inWords({ en: "no budget of its own", ja: "送信数の上限なし" })
      : inWords({ en: `${sendsPerDay} a day`, ja: `1日${sendsPerDay}件` }),
    lastUsedAt
      ? inWords({ en: `last used ${moment(lastUsedAt)}`, ja: `最終使用 ${moment(lastUsedAt)}` })
      : inWords({ en: "never used", ja: "未使用" }),
    ...(oldUntil ? [inWords({ en: `the one before works until ${moment(oldUntil)}`, ja: `前のキーは ${moment(oldUntil)} まで有効` })] : []),
  ];
  return parts.join("  ");
}

export const keyList = (keys: readonly KeyLine[]): string =>
  keys.length > 0 ? keys.map(lineOf).join("\n") : inWords({ en: "There is none.", ja: "ありません。" });
