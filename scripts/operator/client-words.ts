import type { Client, ClientSecret } from "#lib/console/clients";
import type { Refused } from "#lib/errors";
import { inWords } from "./language.ts";

const ENGLISH = `npm run client -- list                                  the services that people can sign in to with their account here
npm run client -- add NAME --redirect URI[,URI…] [--first-party] [--pairwise]
                     [--logout-return URI[,URI…]] [--backchannel-logout URI]
npm run client -- rotate CLIENT_ID                      another secret; the one before works for one more day
npm run client -- remove CLIENT_ID

--first-party   people are not asked whether their details may be shared
--pairwise      account numbers of its own, which no other service can compare`;

const JAPANESE = `npm run client -- list                                  このサイトのアカウントでログインできるサービスの一覧
npm run client -- add 名前 --redirect URI[,URI…] [--first-party] [--pairwise]
                     [--logout-return URI[,URI…]] [--backchannel-logout URI]
npm run client -- rotate クライアント ID                 シークレットを作り直します。いまのものも、あと1日は使えます
npm run client -- remove クライアント ID

--first-party   情報を渡してよいかを、本人に確認しません（自社のサービス）
--pairwise      サービスごとに別の番号を渡します`;

export const clientUsage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

/** Why nothing was changed. */
export function clientProblem({ code, fields = {} }: Refused): string {
  if (code === "not_found")
    return inWords({
      en: "Nothing was changed: there is no such service.",
      ja: "何も変更していません。そのサービスは登録されていません。",
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
export const clientMade = ({ id, secret }: ClientSecret): string =>
  [
    `client_id      ${id}`,
    `client_secret  ${secret}`,
    inWords({
      en: "The secret is not shown again.",
      ja: "シークレットを見られるのは、いまだけです。",
    }),
  ].join("\n");

export const clientRemoved = (): string =>
  inWords({ en: "Removed, with the tokens that it was given.", ja: "登録と、渡したトークンを消しました。" });

/** One line of the list. */
export function clientLine({ id, name, firstParty, redirectUris }: Client): string {
  const kind = inWords(firstParty ? { en: "our own", ja: "自社" } : { en: "another company's", ja: "他社" });
  return [id, name, kind, redirectUris.join(" ")].join("  ");
}
