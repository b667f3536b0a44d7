import { powersInWords } from "#lib/db/login-words";
import { type Finding, isAccepted } from "./doctor.ts";
import type { Language } from "./language.ts";

/** What `npm run doctor` says: what is wrong, and what to do about it. */

export const WELL: Record<Language, string> = {
  ja: "問題は見つかりませんでした。データベースとその設定、監査ログ、鍵、送信サービス、ワーカー、送信待ちを確認しました。",
  en: "All is well: database and its settings, audit log, keys, provider accounts, worker and waiting texts were looked at.",
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

const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}`).join("\n");
const STOPPED: Record<Language, Record<Extract<Finding, { is: "stopped" }>["channel"], string>> = {
  ja: { SMS: "SMS ", VOICE: "自動音声の電話", EMAIL: "メール" },
  en: { SMS: "Texts are", VOICE: "Calls are", EMAIL: "Mail is" },
};

const scopeOf = ({ country, provider }: Extract<Finding, { is: "stopped" }>, all: string): string =>
  [country, provider].filter((part) => part !== null).join(" ") || all;

const overruledInJapanese = (settings: { name: string; found: string; wanted: string }[]): string =>
  settings.map(({ name, found, wanted }) => `${name} が ${found}（指定は ${wanted}）`).join("、");

function japanese(finding: Finding): [wrong: string, todo: string] {
  switch (finding.is) {
    case "unreachable":
      return ["データベースが応答しません。", finding.why];
    case "not_migrated":
      return [
        "データベースが、まだ更新されていません。",
        "npm run migrate を実行すると更新されます（デモモードでは npm start でも更新されます）。",
      ];
    case "not_member":
      return [
        "DATABASE_URL のログインロールが、ロール sekisho_app として動作できません。",
        "テーブルの所有者で GRANT sekisho_app TO（ログインロール名）; を実行してください。",
      ];
    case "login":
      return [
        `DATABASE_URL のログインロール ${finding.login.name} の権限が強すぎるため、インスタンスもワーカーも起動しません。\n${indented(powersInWords(finding.login, "ja"))}`,
        "DATABASE_OWNER_URL を設定して npm run migrate を実行すると、アプリケーション専用のログインロールを作る SQL が表示されます。プラットフォームがログインロールを1つしか用意しない場合は DATABASE_ONE_LOGIN=accept を設定してください。",
      ];
    case "one_login":
      return [
        `アプリケーションはテーブルの所有者の権限で動いています（ログインロール ${finding.login.name}、DATABASE_ONE_LOGIN=accept）。このため、監査ログはアプリケーション自身に対しては追記専用になりません。アプリケーションを乗っ取られると、記録を書き換えたり消したりできてしまいます。\n${indented(powersInWords(finding.login, "ja"))}`,
        "ログインロールを2つ使えるようになったら npm run migrate を実行してください。作り方が表示されます。",
      ];
    case "untrusted_proxy":
      return finding.trusted
        ? [
            `プロキシ ${finding.peer} が X-Forwarded-For ではなく ${finding.header} で利用者のアドレスを渡しています。${finding.header} は読まれないため、すべての利用者が同じアドレスとして数えられています。`,
            "プロキシが X-Forwarded-For を付けるように設定してください（nginx では proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;）。",
          ]
        : [
            `${finding.peer} から届くほとんどのリクエストに ${finding.header} が付いていますが、このアドレスは TRUSTED_PROXIES にありません。プロキシであれば、すべての利用者が同じアドレスとして数えられ、1 人が全員の制限を使い切ってしまいます。`,
            `自分のプロキシやロードバランサーであれば ${finding.peer} を TRUSTED_PROXIES に加えて、起動し直してください。心当たりがなければ加えないでください。`,
          ];
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
    case "unsupported":
      return [
        `PostgreSQL ${finding.version} は対応していないバージョンです（対応は ${finding.oldest} から ${finding.newest} まで）。`,
        `PostgreSQL ${finding.oldest} から ${finding.newest} のいずれかを使ってください。`,
      ];
    case "pooler":
      return [
        "データベースの前に、接続を共有するプーラー（PgBouncer のトランザクションモードなど）があります。処理の設定と通知が失われます。",
        "DATABASE_URL に、PostgreSQL へ直接つながるアドレスを設定してください。",
      ];
    case "unsafe":
      return [
        `データベースの ${finding.name} が off です。停電や異常終了のとき、数えたはずの試行や使用済みの認証コードの記録が失われます。`,
        `データベースの設定で ${finding.name} を on にしてください。`,
      ];
    case "overruled":
      return [
        `データベースの設定が、接続時の指定どおりになっていません：${overruledInJapanese(finding.settings)}。`,
        "接続プーラー、ログイン時のトリガー、データベースとロールの設定（ALTER DATABASE / ALTER ROLE … SET）を確認し、上書きをやめてください。",
      ];
    case "clock_apart":
      return [
        `データベースの時計が、このマシンより ${Math.abs(finding.seconds)}秒${finding.seconds > 0 ? "進んで" : "遅れて"}います。`,
        "両方のマシンの時刻を NTP で合わせてください。",
      ];
    case "few_connections":
      return [
        `データベースに接続できる数は ${finding.allowed} ですが、動作中の ${Math.max(finding.processes, 1)} プロセスには最大 ${finding.needed} 必要です。`,
        "max_connections（またはロールやデータベースの接続数の上限）を増やすか、DATABASE_POOL かプロセスの数を減らしてください。",
      ];
    case "no_connection_left":
      return [
        "データベースの接続がすべて使われています。",
        "max_connections（またはロールやデータベースの接続数の上限）を増やすか、DATABASE_POOL かプロセスの数を減らしてください。",
      ];
    case "unreadable":
      return [
        `${WHAT.ja[finding.what]} ${finding.count}件が読めません（鍵 ${finding.key}）。`,
        "APP_KEYS（.data/secrets.env）に、その鍵を元の値のまま戻してください。",
      ];
    case "audit_broken":
      return [
        `監査ログが書き換えられたか、消されています（最初の箇所：行 ${finding.row}）。`,
        "データベースに書き込める人とプログラムを調べてください。npm run admin -- audit:verify で、いつでも確認できます。",
      ];
    case "audit_key":
      return [
        "監査ログの鍵が読めません。記録を確かめられません。",
        "APP_KEYS（.data/secrets.env）に、以前の鍵を元の値のまま戻してください。",
      ];
    case "audit_unverified":
      return [
        `監査ログの確認が ${finding.hours}時間終わっていません。`,
        "ワーカーが動いているかを確認し、npm run admin -- audit:verify を実行してください。",
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
    case "stopped":
      return [
        `${STOPPED.ja[finding.channel]}の送信を止めています（${scopeOf(finding, "全体")}、${finding.since} から）。`,
        "再開のコマンドは npm run kill で分かります。止めているあいだ、認証コードは届かず、ほかの方法が案内されます。",
      ];
    case "provider_silent":
      return [
        `送信サービス ${finding.name} に渡した直近1時間の ${finding.sent}件のうち、${finding.silent}件の到着結果が届いていません。`,
        "結果の通知先の URL とメッセージ ID の設定（docs/providers.md）、ログの receipt.lost を確認してください。",
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
      return [
        "The database has not the tables of this version.",
        "npm run migrate brings it up to date (in demo mode npm start does too).",
      ];
    case "not_member":
      return [
        "The login of DATABASE_URL cannot act as the role sekisho_app.",
        "As the owner of the tables: GRANT sekisho_app TO, and the name of the login.",
      ];
    case "login":
      return [
        `The login ${finding.login.name} of DATABASE_URL can do more than the application may, so no instance and no worker starts:\n${indented(powersInWords(finding.login, "en"))}`,
        "npm run migrate with DATABASE_OWNER_URL prints the SQL for a login of the application's own. Where the platform gives one login alone: DATABASE_ONE_LOGIN=accept.",
      ];
    case "one_login":
      return [
        `The application runs with the rights of the tables' owner (login ${finding.login.name}, DATABASE_ONE_LOGIN=accept), so the audit log is not append-only against the application itself: an attacker who takes it over can change or remove what was logged.\n${indented(powersInWords(finding.login, "en"))}`,
        "Once the platform gives a second login, npm run migrate says how to make it.",
      ];
    case "untrusted_proxy":
      return finding.trusted
        ? [
            `The proxy ${finding.peer} names clients in ${finding.header} and not in X-Forwarded-For, which alone is read: all clients count as one address.`,
            "Have it send X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;).",
          ]
        : [
            `Nearly every request from ${finding.peer} carries ${finding.header}, and TRUSTED_PROXIES does not name it. If it is a proxy, all clients count as one address, and one of them uses up the limits of all.`,
            `If it is your proxy or load balancer, add ${finding.peer} to TRUSTED_PROXIES and start again. If you do not know it, do not add it.`,
          ];
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
    case "unsupported":
      return [
        `PostgreSQL ${finding.version} is not supported (${finding.oldest} to ${finding.newest} are).`,
        `Use PostgreSQL ${finding.oldest} to ${finding.newest}.`,
      ];
    case "pooler":
      return [
        "A connection pooler that shares connections (PgBouncer in transaction mode, or the like) stands in front of the database: settings and notifications are lost.",
        "Set DATABASE_URL to the address of PostgreSQL itself.",
      ];
    case "unsafe":
      return [
        `${finding.name} is off in the database: after a power cut or a crash, attempts that were counted and codes that were used are forgotten.`,
        `Set ${finding.name} to on in the database's configuration.`,
      ];
    case "overruled":
      return [
        `Settings that each connection asks for are not in force: ${finding.settings.map((one) => `${one.name} is ${one.found}, not ${one.wanted}`).join("; ")}.`,
        "Look for a connection pooler, a trigger on login, and ALTER DATABASE or ALTER ROLE … SET, and take the override away.",
      ];
    case "clock_apart":
      return [
        `The clock of the database is ${Math.abs(finding.seconds)} s ${finding.seconds > 0 ? "ahead of" : "behind"} this machine's.`,
        "Keep both by NTP.",
      ];
    case "few_connections":
      return [
        `The database allows ${finding.allowed} connections; the ${Math.max(finding.processes, 1)} running processes may need ${finding.needed}.`,
        "Raise max_connections (or the limit of the role or the database), or lower DATABASE_POOL or the number of processes.",
      ];
    case "no_connection_left":
      return [
        "All connections of the database are in use.",
        "Raise max_connections (or the limit of the role or the database), or lower DATABASE_POOL or the number of processes.",
      ];
    case "unreadable":
      return [
        `${finding.count} ${WHAT.en[finding.what]} cannot be read (key ${finding.key}).`,
        "Put that key back into APP_KEYS (.data/secrets.env), with the value it had.",
      ];
    case "audit_broken":
      return [
        `The audit log was altered, or something of it was deleted (first at row ${finding.row}).`,
        "Find out who and what can write to the database. npm run admin -- audit:verify verifies it at any time.",
      ];
    case "audit_key":
      return [
        "The key of the audit log cannot be read, so the log cannot be verified.",
        "Put the earlier key back into APP_KEYS (.data/secrets.env), with the value it had.",
      ];
    case "audit_unverified":
      return [
        `The audit log was not verified to its end for ${finding.hours} hours.`,
        "See that a worker runs, and run npm run admin -- audit:verify.",
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
    case "stopped":
      return [
        `${STOPPED.en[finding.channel]} stopped by an operator (${scopeOf(finding, "all")}, since ${finding.since}).`,
        "npm run kill lists the command that starts it again. Until then no code goes out that way, and people are offered other ways.",
      ];
    case "provider_silent":
      return [
        `Of ${finding.sent} texts and calls that ${finding.name} took in the last hour, ${finding.silent} were never heard of again.`,
        "Look at its receipt address and message ids (docs/providers.md), and for receipt.lost in the log.",
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
  return `${isAccepted(finding) ? "!" : "✗"} ${wrong}\n  → ${todo}`;
}
