import { parseArgs } from "node:util";
import type { Refused } from "#lib/errors";
import type { Result } from "#lib/result";
import { isRole, type Role, roles } from "#lib/staff/matrix";
import { CommandRefusal } from "../machine/refusal.ts";
import type { AdminCommand } from "./admin-account.ts";
import { withReason } from "./by.ts";
import { inWords, type Said } from "./language.ts";
import { optionProblem } from "./option-words.ts";

/** Commands about staff and lost-phone cases, for the day on which the console cannot be reached: the console's use cases, audited as done by a command. */

type Read = { words: string[]; by: string; reason: string | undefined };

const unchanged = ({ en, ja }: Said): CommandRefusal =>
  new CommandRefusal(inWords({ en: `${en} Nothing was changed.`, ja: `${ja}何も変更していません。` }));

/** Reads so many words and the reason. */
function read(args: string[], least: number, missing: Said): Read {
  try {
    const { positionals, values } = parseArgs({ args, options: { reason: { type: "string" } }, allowPositionals: true });
    if (positionals.length < least) throw unchanged(missing);
    if (positionals.length > least)
      throw unchanged({ en: `"${positionals[least]}" is too much.`, ja: `「${positionals[least]}」は余分です。` });
    return { words: positionals, by: withReason(values.reason), reason: values.reason?.trim() };
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    throw new CommandRefusal(optionProblem(error));
  }
}

function roleOf(typed: string | undefined): Role {
  if (typed !== undefined && isRole(typed)) return typed;
  throw unchanged({ en: `A role is ${roles.join(" or ")}.`, ja: `役割は、${roles.join(" か ")} です。` });
}

const useCases = () => import("#lib/console/people");
const cases = () => import("#lib/console/cases");

const REASONS: Partial<Record<string, Said>> = {
  own_review: { en: "the same person cannot review and approve it", ja: "同じ人は、確認と承認の両方をできません。" },
  not_proven: {
    en: "its person has not proven password and e-mail address yet",
    ja: "申請した人が、パスワードとメールアドレスをまだ確認していません。",
  },
  other_state: { en: "it is in another state: npm run admin -- cases", ja: "いまの状態では、できません: npm run admin -- cases" },
  frozen: {
    en: "the stop code of a text has frozen it; the console resumes it, or cancel it",
    ja: "SMS の停止コードで止められています。管理の画面で再開するか、cancel で取り消してください。",
  },
  no_change: { en: "it is so already", ja: "すでにその状態です。" },
};

const SAYS: Partial<Record<Refused["code"], Said>> = {
  email_invalid: { en: "That is no e-mail address.", ja: "メールアドレスではありません。" },
  not_found: { en: "There is no such account or case.", ja: "そのアカウントか申請はありません。" },
  last_administrator: {
    en: "This is the last administrator. Make another one first: npm run admin -- invite EMAIL administrator",
    ja: "最後の管理者です。先に別の管理者を加えてください: npm run admin -- invite EMAIL administrator",
  },
};

/** The value of what was done; a refusal in words otherwise. */
function must<T>(done: Result<T, Refused>): T {
  if (done.ok) return done.value;
  const { code, reason } = done.error;
  const why = (reason && REASONS[reason]) || SAYS[code] || { en: code, ja: code };
  throw new CommandRefusal(inWords({ en: `Nothing was changed. ${why.en}`, ja: `何も変更していません。${why.ja}` }));
}

const ACTS = ["approve", "reject", "cancel"] as const;

const DONE: Record<(typeof ACTS)[number], Said> = {
  approve: { en: "approved, its wait has begun", ja: "承認しました。待つ時間が始まりました" },
  reject: { en: "rejected", ja: "却下しました" },
  cancel: { en: "cancelled", ja: "取り消しました" },
};

const ADDRESS_AND_ROLE: Said = { en: "Name the address and the role.", ja: "メールアドレスと役割を書いてください。" };

/** Acts on roles and cases. */
export const staffCommands: Record<string, AdminCommand> = {
  invite: {
    takes: `EMAIL ${roles.join("|")}`,
    does: {
      en: "prints a one-time URL (1 hour, shown once) that gives the role to the account of this address",
      ja: "このアドレスのアカウントに役割を付ける、1回だけ使える URL を出します（1時間、表示は1度だけ）",
    },
    run: async (args) => {
      const { words, by } = read(args, 2, ADDRESS_AND_ROLE);
      const role = roleOf(words[1]);
      const path = must(await (await useCases()).inviteByCommand(words[0] ?? "", role, by));
      const { env } = await import("#lib/env");
      console.log(
        `${env().publicOrigin}${path}\n${inWords({
          en: `It works once, for an hour, for the account of ${words[0]}. Hand it over in a way you trust.`,
          ja: `${words[0]} のアカウントで、1回だけ、1時間以内に使えます。確かな方法で本人に渡してください。`,
        })}`,
      );
      return 0;
    },
  },
  grant: {
    takes: `EMAIL ${roles.join("|")} [--reason TEXT]`,
    does: {
      en: "gives the role at once to an account that exists; its sessions end; all staff are told",
      ja: "すでにあるアカウントに、すぐに役割を付けます。そのログインは終わり、担当者全員に知らせます",
    },
    run: async (args) => {
      const { words, by } = read(args, 2, ADDRESS_AND_ROLE);
      const role = roleOf(words[1]);
      must(await (await useCases()).grantByCommand(words[0] ?? "", role, by));
      console.log(
        inWords({
          en: `${words[0]} has the role ${role}. It signs in again, and needs an authenticator app or a passkey.`,
          ja: `${words[0]} に役割 ${role} を付けました。ログインし直してください。認証アプリかパスキーが必要です。`,
        }),
      );
      return 0;
    },
  },
  revoke: {
    takes: "EMAIL [--reason TEXT]",
    does: {
      en: "takes every role away; its sessions end; all staff are told. The last administrator stays",
      ja: "すべての役割を取り消します。そのログインは終わり、担当者全員に知らせます。最後の管理者は取り消せません",
    },
    run: async (args) => {
      const { words, by } = read(args, 1, { en: "Name the address.", ja: "メールアドレスを書いてください。" });
      must(await (await useCases()).revokeByCommand(words[0] ?? "", by));
      console.log(
        inWords({
          en: `${words[0]} has no role any more, and its sessions have ended.`,
          ja: `${words[0]} の役割をすべて取り消し、ログインを終わらせました。`,
        }),
      );
      return 0;
    },
  },
  cases: {
    takes: "",
    does: { en: "the open lost-phone cases, the oldest first", ja: "まだ終わっていない復旧の申請（古い順）" },
    run: async (args) => {
      read(args, 0, { en: "", ja: "" });
      const { caseQueue } = await import("#lib/console/case-queue");
      let after: string | null = null;
      let count = 0;
      do {
        const page: Awaited<ReturnType<typeof caseQueue>> = await caseQueue(null, after);
        for (const one of page.cases) {
          const state = one.state === "requested" && !one.proven ? "unproven" : one.state;
          console.log(
            [one.reference, state.padEnd(9), one.requestedAt.slice(0, 16), one.reason, one.person, one.flags.join(",")]
              .join("  ")
              .trimEnd(),
          );
        }
        count += page.cases.length;
        after = page.next;
      } while (after);
      if (count === 0) console.log(inWords({ en: "No lost-phone case is open.", ja: "復旧の申請はありません。" }));
      return 0;
    },
  },
  case: {
    takes: `REFERENCE ${ACTS.join("|")} [--reason TEXT]`,
    does: {
      en: "decides on a case; what is approved was reviewed by a member of staff before",
      ja: "復旧の申請を、承認・却下・取り消しします。承認できるのは、担当者が確認を終えた申請だけです",
    },
    run: async (args) => {
      const { words, by, reason } = read(args, 2, {
        en: `Name the reference and one of ${ACTS.join(", ")}.`,
        ja: `申請の番号と、${ACTS.join("・")} のどれかを書いてください。`,
      });
      const act = ACTS.find((one) => one === words[1]);
      if (!act)
        throw unchanged({
          en: `"${words[1]}" is none of ${ACTS.join(", ")}.`,
          ja: `「${words[1]}」は、${ACTS.join("・")} のどれでもありません。`,
        });
      const { parseReference } = await import("#lib/crypto/codes");
      const reference = parseReference(words[0] ?? "") ?? "";
      must(await (await cases()).decideByCommand(reference, act, by, reason ?? "at the command line"));
      console.log(
        inWords({
          en: `${reference}: ${DONE[act].en}. Its person was told.`,
          ja: `${reference}: ${DONE[act].ja}。申請した人に知らせました。`,
        }),
      );
      return 0;
    },
  },
};
