import type { Client, MadeClient } from "#lib/console/clients";
import type { Refused } from "#lib/errors";
import { wordOfLevel } from "#lib/sessions/levels";
import { inWords } from "./language.ts";

const ENGLISH = `npm run client -- list                                  the services that people can sign in to with their account here
npm run client -- add NAME --redirect URI[,URI…] [--spa | --native] [--first-party] [--pairwise]
                     [--logout-return URI[,URI…]] [--backchannel-logout URI] [--level sms|app|passkey]
npm run client -- change CLIENT_ID [--name NAME] [--redirect URI[,URI…]] [--logout-return URI[,URI…]|none]
                     [--backchannel-logout URI|none] [--first-party | --third-party] [--level sms|app|passkey|none]
npm run client -- rotate CLIENT_ID [--overlap HOURS]     another secret; the one before works for 24 hours more, or as long as you say:
                                                        with 0, for a secret that may have leaked, it stops working now
npm run client -- remove CLIENT_ID

--spa           an application that runs in the browser; it has no secret
--native        an app on a phone or a computer; it has no secret, and people are asked at each sign-in
--first-party   people are not asked whether their details may be shared
--third-party   they are asked
--pairwise      account numbers of its own, which no other service can compare
--level         the check that people do at least, also where the service does not ask for it
change leaves what you do not name as it is.`;

const JAPANESE = `npm run client -- list                                  このサイトのアカウントでログインできるサービスの一覧
npm run client -- add 名前 --redirect URI[,URI…] [--spa | --native] [--first-party] [--pairwise]
                     [--logout-return URI[,URI…]] [--backchannel-logout URI] [--level sms|app|passkey]
npm run client -- change クライアント ID [--name 名前] [--redirect URI[,URI…]] [--logout-return URI[,URI…]|none]
                     [--backchannel-logout URI|none] [--first-party | --third-party] [--level sms|app|passkey|none]
npm run client -- rotate クライアント ID [--overlap 時間]  シークレットを作り直します。いまのものも、あと24時間（または指定した時間）使えます
                                                        漏れたおそれがあるときは 0 にします。いまのものは、すぐに使えなくなります
npm run client -- remove クライアント ID

--spa           ブラウザーで動くアプリです。シークレットはありません
--native        スマートフォンやパソコンのアプリです。シークレットはなく、ログインのたびに本人へ確認します
--first-party   情報を渡してよいかを、本人に確認しません（自社のサービス）
--third-party   本人に確認します（他社のサービス）
--pairwise      サービスごとに別の番号を渡します
--level         サービスが求めなくても、ログインのときに必ず行う確認
change で指定しなかったものは、変わりません。`;

export const clientUsage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

/** Why nothing was changed. */
export function clientProblem({ code, fields = {} }: Refused): string {
  if (code === "not_found")
    return inWords({
      en: "Nothing was changed: there is no such service.",
      ja: "何も変更していません。そのサービスは登録されていません。",
    });
  if (code === "not_allowed")
    return inWords({ en: "It is so already. Nothing was changed.", ja: "すでにその状態です。何も変更していません。" });
  if (fields.level)
    return inWords({
      en: "Nothing was changed: --level takes sms, app, passkey or none.",
      ja: "何も変更していません。--level には sms、app、passkey、none のどれかを指定してください。",
    });
  if (fields.overlap)
    return inWords({
      en: "Nothing was changed: --overlap takes hours, from 0 to 720.",
      ja: "何も変更していません。--overlap には0から720までの時間数を指定してください。",
    });
  if (fields.flags)
    return inWords({
      en: "Nothing was changed: two of the options contradict each other.",
      ja: "何も変更していません。同時に指定できないオプションがあります。",
    });
  if (fields.redirectUris === "host_is_fixed")
    return inWords({
      en: "Nothing was changed: this service knows its people by numbers of its host. Register another host as another service.",
      ja: "何も変更していません。このサービスには、ホストごとに別の番号を渡しています。別のホストは、別のサービスとして登録してください。",
    });
  if (Object.values(fields).includes("app_url_invalid"))
    return inWords({
      en: "Nothing was changed: an app has https, http to 127.0.0.1 or [::1], or a scheme that is your domain name in reverse order, such as com.example.app:/, without # and *.",
      ja: "何も変更していません。アプリの URL は、https、127.0.0.1 か [::1] への http、または com.example.app:/ のように自社のドメイン名を逆に並べたスキームで始め、# や * は入れないでください。",
    });
  if (fields.name)
    return inWords({ en: "Nothing was changed: a name has 1 to 80 characters.", ja: "何も変更していません。名前は1〜80文字です。" });
  return fields.redirectUris === "not_one_host"
    ? inWords({
        en: "Nothing was changed: all return URLs must be on the same host. Register another host as another service.",
        ja: "何も変更していません。戻り先の URL は、すべて同じホストにしてください。別のホストは、別のサービスとして登録します。",
      })
    : inWords({
        en: "Nothing was changed: URLs start with https (or http on localhost) and have no # and no *.",
        ja: "何も変更していません。URL は https（localhost では http も可）で始め、# や * は入れないでください。",
      });
}

/** What was made, with the secret that is shown this once. */
export const clientMade = ({ id, secret }: MadeClient): string =>
  (secret === null
    ? [
        `client_id      ${id}`,
        inWords({
          en: "This application has no secret (token_endpoint_auth_method none).",
          ja: "このアプリにシークレットはありません（token_endpoint_auth_method は none です）。",
        }),
      ]
    : [
        `client_id      ${id}`,
        `client_secret  ${secret}`,
        inWords({ en: "The secret is not shown again.", ja: "シークレットを見られるのは、いまだけです。" }),
      ]
  ).join("\n");

/** A service as a change left it. */
export const clientChanged = (client: Client): string => [inWords({ en: "Changed.", ja: "変更しました。" }), clientLine(client)].join("\n");

export const clientRemoved = (): string =>
  inWords({ en: "Removed, with the tokens that it was given.", ja: "登録と、渡したトークンを消しました。" });

/** One line of the list. */
export function clientLine({ id, name, profile, firstParty, pairwise, level, redirectUris }: Client): string {
  const kind = inWords(firstParty ? { en: "our own", ja: "自社" } : { en: "another company's", ja: "他社" });
  const runs = { web: [], browser: ["spa"], native: ["native"] }[profile];
  const parts = [id, name, kind, ...runs, ...(pairwise ? ["pairwise"] : [])];
  return [...parts, ...(level ? [`level ${wordOfLevel(level)}`] : []), redirectUris.join(" ")].join("  ");
}
