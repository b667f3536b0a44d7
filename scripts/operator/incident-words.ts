import type { IncidentLine, IncidentProblem, IncidentProgress } from "#lib/accounts/force-reset";
import { inWords } from "./language.ts";

const ENGLISH = `npm run incident -- force-reset --group GROUP --reason TEXT [--per-minute 60]
npm run incident -- force-reset --emails FILE --reason TEXT [--per-minute 60]
                                    makes the passwords of these accounts unusable and ends their sessions, begun sign-ins
                                    and known devices; each is told by mail and sets a new password by the reset
npm run incident -- resume ID       goes on with an act that was interrupted
npm run incident -- status          every act and how far it is

FILE has one address a line; lines that begin with # are left out. An act may be killed at any moment, and two at once tell nobody twice.`;

const JAPANESE = `npm run incident -- force-reset --group グループ --reason 理由 [--per-minute 60]
npm run incident -- force-reset --emails ファイル --reason 理由 [--per-minute 60]
                                    対象のアカウントのパスワードを使えなくし、ログイン中の端末、途中のログイン、
                                    覚えている端末をすべて終わらせます。本人にはメールで知らせ、再設定をお願いします
npm run incident -- resume ID       途中で止まった処理を続けます
npm run incident -- status          これまでの処理と、その進み具合

ファイルには1行に1つアドレスを書きます。# で始まる行は読みません。いつ止めても続きから再開でき、同時に実行しても、同じ人に2度は知らせません。`;

export const incidentUsage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

/** Why no act was begun. */
export function incidentProblem(problem: IncidentProblem): string {
  if (problem.problem === "no_accounts")
    return inWords({ en: "Nothing was changed: no account is meant.", ja: "何も変更していません。対象のアカウントがありません。" });
  const said = inWords({
    en: "Nothing was changed: these are no e-mail addresses.",
    ja: "何も変更していません。メールアドレスとして読めないものがあります。",
  });
  return `${said}\n${problem.emails.map((email) => `  ${email}`).join("\n")}`;
}

export const noSuchIncident = (id: string): string =>
  inWords({ en: `There is no act ${id}: npm run incident -- status`, ja: `${id} という処理はありません：npm run incident -- status` });

export const begunWords = (id: string, accounts: number): string =>
  inWords({
    en: `${accounts} account${accounts === 1 ? "" : "s"}. If this is interrupted: npm run incident -- resume ${id}`,
    ja: `対象は${accounts}件です。途中で止まったときは：npm run incident -- resume ${id}`,
  });

export function unknownWords(emails: string[]): string {
  const said = inWords({ en: "No account, and left out:", ja: "アカウントがないため、対象にしていません：" });
  return [said, ...emails.map((email) => `  ${email}`)].join("\n");
}

export const progressWords = ({ done, accounts }: IncidentProgress): string =>
  inWords({ en: `${done} of ${accounts}`, ja: `${accounts}件中 ${done}件` });

export const finishedWords = ({ accounts }: IncidentProgress): string =>
  inWords({
    en: `Done: the password of ${accounts} account${accounts === 1 ? "" : "s"} is unusable until a new one is set.`,
    ja: `完了：${accounts}件のパスワードを、再設定されるまで使えなくしました。`,
  });

export const incidentLine = (line: IncidentLine): string =>
  `${line.id}  ${line.since}  ${progressWords(line)}  ${line.by} (${line.reason})`;
