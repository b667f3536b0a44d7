import { powersInWords } from "#lib/db/login-words";
import type { Finding } from "../doctor.ts";
import { indented, scopeOf } from "./pieces.ts";

type Unreadable = Extract<Finding, { is: "unreadable" }>["what"];
type Channel = Extract<Finding, { is: "stopped" }>["channel"];

const WHAT: Record<Unreadable, string> = {
  numbers: "電話番号",
  recovery_sets: "未確認のリカバリーコード",
  app_seeds: "認証アプリの鍵",
  provider_secrets: "送信サービスの秘密情報",
  signing_keys: "受領証に署名する鍵",
  passwords: "パスワード",
  recovery_codes: "リカバリーコード",
};

const STOPPED: Record<Channel, string> = { SMS: "SMS ", VOICE: "自動音声の電話", EMAIL: "メール" };

const overruledInJapanese = (settings: { name: string; found: string; wanted: string }[]): string =>
  settings.map(({ name, found, wanted }) => `${name} が ${found}（指定は ${wanted}）`).join("、");

export function japanese(finding: Finding): [wrong: string, todo: string] {
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
        "両方のマシンの時刻を NTP で合わせてください。認証アプリの認証コードや待ち時間は、データベースの時計で判定されます。",
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
        `${WHAT[finding.what]} ${finding.count}件が読めません（鍵 ${finding.key}）。`,
        `APP_KEYS（.data/secrets.env）に、その鍵を元の値のまま戻してください。${finding.what === "signing_keys" ? "失われた場合は npm run keys -- rotate で新しい鍵に替えられます。署名済みの受領証は、そのまま有効です。" : ""}`,
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
        `${STOPPED[finding.channel]}の送信を止めています（${scopeOf(finding, "全体")}、${finding.since} から）。`,
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
