import type { GroupProblem } from "#lib/accounts/groups";
import { inWords } from "./language.ts";

const ENGLISH = `npm run group -- list [GROUP]                       the groups, or the addresses of one
npm run group -- add GROUP EMAIL… [--reason TEXT]   puts these accounts into it, all or none
npm run group -- remove GROUP EMAIL… [--reason TEXT]

A group is a label on accounts; rules of npm run policy and npm run incident can name it.`;

const JAPANESE = `npm run group -- list [グループ]                     グループの一覧、または1つのグループのアドレス
npm run group -- add グループ アドレス… [--reason 理由]    アカウントをグループに入れます（全部か、1つも入れないか）
npm run group -- remove グループ アドレス… [--reason 理由]

グループはアカウントの目印です。npm run policy の規則と npm run incident で指定できます。`;

export const groupUsage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

/** Why nothing was changed. */
export function groupProblem(problem: GroupProblem): string {
  if (problem.problem === "bad_name")
    return inWords({
      en: "Nothing was changed: a group is named by up to 64 letters, digits, dots, hyphens and underscores.",
      ja: "何も変更していません。グループ名は、文字・数字・「.」「-」「_」で64文字までです。",
    });
  const said =
    problem.problem === "not_an_address"
      ? {
          en: "Nothing was changed: these are no e-mail addresses.",
          ja: "何も変更していません。メールアドレスとして読めないものがあります。",
        }
      : {
          en: "Nothing was changed: there is no account with these addresses.",
          ja: "何も変更していません。次のアドレスのアカウントはありません。",
        };
  return [inWords(said), ...problem.emails.map((email) => `  ${email}`)].join("\n");
}

export const groupDone = (verb: string, group: string, changed: number): string =>
  verb === "add"
    ? inWords({ en: `Put into ${group}: ${changed}.`, ja: `${group} に入れました：${changed}件` })
    : inWords({ en: `Taken out of ${group}: ${changed}.`, ja: `${group} から外しました：${changed}件` });
