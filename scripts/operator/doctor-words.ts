import type { Finding } from "./doctor.ts";

/** What `npm run doctor` says: what is wrong, and what to do about it. */

type Language = "ja" | "en";

/** The language of the terminal. */
export const languageOf = (variables: NodeJS.ProcessEnv): Language =>
  (variables.LC_ALL || variables.LC_MESSAGES || variables.LANG || "").toLowerCase().startsWith("ja") ? "ja" : "en";

export const WELL: Record<Language, string> = {
  ja: "問題は見つかりませんでした。データベース、鍵、送信サービス、ワーカー、送信待ちを確認しました。",
  en: "All is well: database, keys, provider accounts, worker and waiting texts were looked at.",
};

const WHAT: Record<Language, Record<Extract<Finding, { is: "unreadable" }>["what"], string>> = {
  ja: {
    numbers: "電話番号",
    recovery_sets: "未確認のリカバリーコード",
    provider_secrets: "送信サービスの秘密情報",
    passwords: "パスワード",
    recovery_codes: "リカバリーコード",
  },
  en: {
    numbers: "phone numbers",
    recovery_sets: "unconfirmed sets of recovery codes",
    provider_secrets: "secrets of provider accounts",
    passwords: "passwords",
    recovery_codes: "recovery codes",
  },
};

function japanese(finding: Finding): [wrong: string, todo: string] {
  switch (finding.is) {
    case "unreachable":
      return ["データベースが応答しません。", finding.why];
    case "not_migrated":
      return ["データベースが、まだ更新されていません。", "npm start（または npm run worker）を実行すると更新されます。"];
    case "moved":
      return [
        "このデータベースは、バックアップから復元されたか、コピーされたものです。その間に使われた認証コードやリカバリーコード、終了したセッションが、また有効になっています。",
        "サービスを公開する前に npm run restored を実行してください。データを失わずに移行しただけの場合は npm run restored -- --nothing-lost を実行してください。",
      ];
    case "timeline":
      return [
        "データベースのタイムラインが変わりました。レプリカへ切り替わったか、以前の時点に戻されています。",
        "以前の時点に戻した場合は npm run restored を、失われたデータのない切り替えの場合は npm run restored -- --nothing-lost を実行してください。",
      ];
    case "unreadable":
      return [
        `${WHAT.ja[finding.what]} ${finding.count}件が読めません（鍵 ${finding.key}）。`,
        "APP_KEYS（.data/secrets.env）に、その鍵を元の値のまま戻してください。",
      ];
    case "no_mail":
      return ["メールを送れません。新規登録を受け付けられない状態です。", "SMTP_URL を設定して、起動し直してください。"];
    case "no_provider":
      return ["SMS を送れる送信サービスが登録されていません。", "npm run provider -- add で登録してください。"];
    case "provider_unusable":
      return [
        `送信サービス ${finding.name} の秘密情報が読めません。`,
        `npm run provider -- change ${finding.name} --secrets で入れ直してください。`,
      ];
    case "provider_down":
      return [
        `送信サービス ${finding.name}（${finding.channel}）は ${finding.until} まで外されています（${finding.reason || "失敗が続いたため"}）。`,
        `自動で再試行されます。試すには npm run provider -- test ${finding.name} +8190… を実行してください。`,
      ];
    case "no_worker":
      return [
        `${finding.minutes}分間、ワーカーが動いていません。SMS もメールも送られません。`,
        "npm start か npm run worker を実行してください。",
      ];
    case "late":
      return [
        `1分以上送信を待っているメッセージが${finding.count}件あります。`,
        "ワーカーの数と、送信サービスの応答（npm run provider -- list）を確認してください。",
      ];
    case "given_up":
      return [`この1日で送信を打ち切ったメッセージが${finding.count}件あります。`, "ログの job.failed に理由があります。"];
  }
}

function english(finding: Finding): [wrong: string, todo: string] {
  switch (finding.is) {
    case "unreachable":
      return ["The database does not answer.", finding.why];
    case "not_migrated":
      return ["The database has not the tables of this version.", "npm start (or npm run worker) brings it up to date."];
    case "moved":
      return [
        "This database was restored from a backup, or copied: codes used and sessions ended since then are alive again in it.",
        "Run npm run restored before it takes traffic. If it was only moved and nothing is missing: npm run restored -- --nothing-lost.",
      ];
    case "timeline":
      return [
        "The timeline of the database has changed: a replica took over, or it was set back to an earlier moment.",
        "If it was set back: npm run restored. If a replica took over and nothing is missing: npm run restored -- --nothing-lost.",
      ];
    case "unreadable":
      return [
        `${finding.count} ${WHAT.en[finding.what]} cannot be read (key ${finding.key}).`,
        "Put that key back into APP_KEYS (.data/secrets.env), with the value it had.",
      ];
    case "no_mail":
      return ["No mail can be sent, so nobody can sign up.", "Set SMTP_URL and start again."];
    case "no_provider":
      return ["No provider account carries texts.", "Enter one: npm run provider -- add …"];
    case "provider_unusable":
      return [
        `The secrets of the provider account ${finding.name} cannot be read.`,
        `Give them again: npm run provider -- change ${finding.name} --secrets`,
      ];
    case "provider_down":
      return [
        `The provider account ${finding.name} (${finding.channel}) is left out until ${finding.until} (${finding.reason || "it kept failing"}).`,
        `It is tried again by itself. To try it now: npm run provider -- test ${finding.name} +8190…`,
      ];
    case "no_worker":
      return [`No worker has run for ${finding.minutes} minutes: no text and no mail goes out.`, "Run npm start or npm run worker."];
    case "late":
      return [
        `${finding.count} messages have waited for more than a minute.`,
        "Look at the number of workers and at the providers: npm run provider -- list",
      ];
    case "given_up":
      return [`${finding.count} messages were given up within a day.`, "job.failed in the log says why."];
  }
}

/** One finding in two lines. */
export function wordsOf(finding: Finding, language: Language): string {
  const [wrong, todo] = language === "ja" ? japanese(finding) : english(finding);
  return `✗ ${wrong}\n  → ${todo}`;
}
