import type { SiteProblem } from "#lib/sites/registry";
import type { Site } from "#lib/sites/site";
import { inWords } from "./language.ts";

const ENGLISH = `npm run site -- list                                         the registered hosts and what they ask for
npm run site -- add HOST [--level LEVEL] [--reason TEXT]     lets the proxy in front of HOST ask who a request is from
npm run site -- level HOST LEVEL [--reason TEXT]             what the whole host asks for
npm run site -- level HOST PATH LEVEL|none [--reason TEXT]   what every path beginning with PATH asks for beyond that
npm run site -- remove HOST [--reason TEXT]                  ends at once what is signed in there

LEVEL: aal1 (any session, the default), aal2 (two factors), passkey. The strictest that applies counts. Proxies: docs/forward-auth.md`;

const JAPANESE = `npm run site -- list                                       登録したホストと、入る条件の一覧
npm run site -- add ホスト [--level 条件] [--reason 理由]     前に立つプロキシが、アクセスした人を確かめられるようにします
npm run site -- level ホスト 条件 [--reason 理由]             ホスト全体の条件を変えます
npm run site -- level ホスト パス 条件|none [--reason 理由]   パスで始まる部分だけ、条件を厳しくします
npm run site -- remove ホスト [--reason 理由]                 登録を消し、そこでのログインをすぐに終えます

条件: aal1（ログイン済み。既定）、aal2（二要素）、passkey（パスキー）。当てはまるうち最も厳しいものを使います。プロキシの設定: docs/forward-auth.ja.md`;

export const siteUsage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

const PROBLEMS: Record<SiteProblem | "bad_level", { en: string; ja: string }> = {
  bad_host: {
    en: "write the host alone, as in app.example.co.jp or app.example.co.jp:8443",
    ja: "ホストだけを書いてください。例：app.example.co.jp、app.example.co.jp:8443",
  },
  own_host: {
    en: "this is the host of Sekisho itself; a service needs a host of its own",
    ja: "Sekisho 自身のホストです。サービスには別のホストが必要です",
  },
  bad_prefix: {
    en: "a path begins with / and has no ?, #, %, ;, \\, // or /../ in it",
    ja: "パスは / で始め、?、#、%、;、\\、//、/../ を使わずに書いてください",
  },
  bad_level: {
    en: "a level is aal1, aal2 or passkey; none only for a path",
    ja: "条件は aal1、aal2、passkey のどれかです。none はパスにだけ使えます",
  },
  there_already: {
    en: "this host is registered already; change it by level",
    ja: "このホストは登録済みです。条件は level で変えてください",
  },
  not_there: { en: "there is no such host or path; see list", ja: "そのホストまたはパスはありません。list で確かめてください" },
};

/** Why nothing was changed. */
export function siteProblem(problem: SiteProblem | "bad_level"): string {
  const { en, ja } = PROBLEMS[problem];
  return inWords({ en: `Nothing was changed: ${en}.`, ja: `何も変更していません。${ja}。` });
}

/** The lines of a registered host. */
export const siteLines = ({ host, level, levels }: Site): string[] => [
  `${host}  ${level}`,
  ...Object.entries(levels).map(([prefix, asked]) => `  ${prefix}  ${asked}`),
];

export const noSites = (): string => inWords({ en: "There is none.", ja: "ありません。" });

/** What was done. */
export const siteDone = (verb: "add" | "level" | "remove", host: string): string =>
  ({
    add: inWords({
      en: `Registered: ${host}. Next: its proxy (docs/forward-auth.md) and its address in TRUSTED_PROXIES.`,
      ja: `登録しました：${host}。次に、プロキシを設定し（docs/forward-auth.ja.md）、そのアドレスを TRUSTED_PROXIES に加えてください。`,
    }),
    level: inWords({ en: `Changed: ${host}.`, ja: `変更しました：${host}。` }),
    remove: inWords({
      en: `Removed: ${host}. Nobody is signed in there any more.`,
      ja: `登録を消しました：${host}。そこでのログインはすべて終わりました。`,
    }),
  })[verb];
