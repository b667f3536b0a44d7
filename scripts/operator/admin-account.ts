import { parseArgs } from "node:util";
import type { AccountProblem, Acted } from "#lib/accounts/suspend";
import type { Result } from "#lib/result";
import { CommandRefusal } from "../machine/refusal.ts";
import { withReason } from "./by.ts";
import { inWords, type Said } from "./language.ts";
import { optionProblem } from "./option-words.ts";

/** A command of `npm run admin`: its arguments and its description; `run` returns the exit code. */
export type AdminCommand = { takes: string; does: Said; run(args: string[]): Promise<number> };

/** Reads the address and the reason from the arguments of an account command. */
function read(args: string[]): { email: string; by: string } {
  try {
    const { positionals, values } = parseArgs({ args, options: { reason: { type: "string" } }, allowPositionals: true });
    const [email, ...more] = positionals;
    if (email === undefined)
      throw new CommandRefusal(
        inWords({ en: "Name the account by its e-mail address.", ja: "アカウントを、メールアドレスで書いてください。" }),
      );
    if (more.length > 0)
      throw new CommandRefusal(
        inWords({
          en: `"${more[0]}" is too much${values.reason === undefined ? "" : ": a reason is one argument, in quotes"}.`,
          ja: `「${more[0]}」は余分です。${values.reason === undefined ? "" : "理由は、引用符で囲んで1つにしてください。"}`,
        }),
      );
    return { email, by: withReason(values.reason) };
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    throw new CommandRefusal(optionProblem(error));
  }
}

const problems: Record<AccountProblem, (email: string) => Said> = {
  not_an_address: (email) => ({
    en: `"${email}" is no e-mail address. Nothing was changed.`,
    ja: `「${email}」は、メールアドレスではありません。何も変更していません。`,
  }),
  no_such_account: (email) => ({
    en: `There is no account with the address ${email}. Nothing was changed.`,
    ja: `${email} のアカウントはありません。何も変更していません。`,
  }),
  last_administrator: (email) => ({
    en: `${email} is the last administrator. Nothing was changed. Make another one first: npm run admin -- invite EMAIL administrator`,
    ja: `${email} は、最後の管理者です。何も変更していません。先に別の管理者を加えてください: npm run admin -- invite EMAIL administrator`,
  }),
};

const sessions = (count: number) => `${count} session${count === 1 ? "" : "s"} ended`;
const ended = (count: number) => `ログイン${count}件を終わらせました`;

type Act = (email: string, by: string) => Promise<Result<Acted, AccountProblem>>;

const command = (does: Said, load: () => Promise<Act>, say: (acted: Acted, email: string) => Said): AdminCommand => ({
  takes: "EMAIL [--reason TEXT]",
  does,
  run: async (args) => {
    const { email, by } = read(args);
    const acted = await (await load())(email, by);
    if (!acted.ok) throw new CommandRefusal(inWords(problems[acted.error](email)));
    console.log(inWords(say(acted.value, email)));
    return 0;
  },
});

const useCases = () => import("#lib/accounts/suspend");

/** Commands that act on one account. */
export const accountCommands: Record<string, AdminCommand> = {
  suspend: command(
    {
      en: "no sign-in from now on; sessions, known devices and begun sign-ins end; told by mail",
      ja: "いまからログインできなくします。ログイン中の端末と途中のログインを終わらせ、メールで知らせます",
    },
    async () => (await useCases()).suspendAccount,
    (acted, email) =>
      acted.changed
        ? {
            en: `${email} is suspended: ${sessions(acted.sessions)}, and it cannot sign in.`,
            ja: `${email} を停止しました。${ended(acted.sessions)}。いまからログインできません。`,
          }
        : { en: `${email} was suspended already.`, ja: `${email} は、すでに停止しています。` },
  ),
  resume: command(
    {
      en: "sign-in works again with password and second factor; told by mail",
      ja: "パスワードと2つ目の確認方法で、またログインできるようにし、メールで知らせます",
    },
    async () => (await useCases()).resumeAccount,
    (acted, email) =>
      acted.changed
        ? {
            en: `${email} is resumed: it signs in with its password and a second factor.`,
            ja: `${email} の停止を解きました。パスワードと2つ目の確認方法でログインできます。`,
          }
        : { en: `${email} was not suspended.`, ja: `${email} は、停止していません。` },
  ),
  "sessions:end": command(
    {
      en: "every session and begun sign-in ends, known devices are forgotten; told by mail",
      ja: "すべてのログインと途中のログインを終わらせ、覚えている端末を忘れ、メールで知らせます",
    },
    async () => (await useCases()).endSessionsOf,
    (acted, email) => ({
      en: `${email}: ${sessions(acted.sessions)}, and every sign-in that had begun.`,
      ja: `${email}: ${ended(acted.sessions)}。途中のログインも終わらせました。`,
    }),
  ),
};
