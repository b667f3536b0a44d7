import type { Locale } from "#lib/delivery/wording/texts";
import { type Finding, isAccepted } from "./doctor.ts";
import { english } from "./doctor-words/en.ts";
import { japanese } from "./doctor-words/ja.ts";

/** The output of `npm run doctor`: each problem with its remedy. */

export const WELL: Record<Locale, string> = {
  ja: "問題は見つかりませんでした。データベースとその設定、監査ログ、鍵、送信サービス、ワーカー、送信待ちを確認しました。",
  en: "All is well: database and its settings, audit log, keys, provider accounts, worker and waiting texts were looked at.",
};

export function wordsOf(finding: Finding, language: Locale): string {
  const [wrong, todo] = language === "ja" ? japanese(finding) : english(finding);
  return `${isAccepted(finding) ? "!" : "✗"} ${wrong}\n  → ${todo}`;
}
