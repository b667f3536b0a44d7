import { moment } from "#lib/delivery/wording/notice-parts";
import type { Locale } from "#lib/delivery/wording/texts";
import { consoleFrame as en } from "#lib/words/en/console";
import { consoleFrame as ja } from "#lib/words/ja/console";

/** Who became or ceased to be staff, by whom; `by` is null for a command. */
export type StaffChange = {
  event: "role.granted" | "role.revoked" | "account.suspended" | "account.resumed";
  who: string;
  role: string | null;
  by: string | null;
};

/** What the mail of a notice tells besides its fixed words: when the code of a case is mailed, and what changed among the staff. */
export type NoticeFacts = { readyAt?: Date | null; staff?: StaffChange | null };

const changed: Record<Locale, Record<StaffChange["event"], (who: string, role: string) => string>> = {
  ja: {
    "role.granted": (who, role) => `${who} に「${role}」の役割が付きました。`,
    "role.revoked": (who) => `${who} の役割が取り消されました。`,
    "account.suspended": (who) => `${who} のアカウントの利用が止められました。`,
    "account.resumed": (who) => `${who} のアカウントの利用が再開されました。`,
  },
  en: {
    "role.granted": (who, role) => `${who} was given the role “${role}”.`,
    "role.revoked": (who) => `The role of ${who} was taken away.`,
    "account.suspended": (who) => `The account of ${who} was suspended.`,
    "account.resumed": (who) => `The account of ${who} was resumed.`,
  },
};

function staffLine({ event, who, role, by }: StaffChange, locale: Locale): string {
  const words = locale === "ja" ? ja : en;
  const named = role === "administrator" || role === "support" ? words[role] : (role ?? "");
  const author = locale === "ja" ? `操作した人: ${by ?? "サーバーのコマンド"}` : `Done by: ${by ?? "a command on the server"}`;
  return `${changed[locale][event](who, named)}\n${author}`;
}

/** The facts of a notice in words, one paragraph each. */
export const factLines = ({ readyAt, staff }: NoticeFacts, locale: Locale): string[] => [
  ...(staff ? [staffLine(staff, locale)] : []),
  ...(readyAt
    ? [
        locale === "ja"
          ? `${moment.ja(readyAt)}（日本時間）に、認証コードをメールでお送りします。`
          : `We send the verification code on ${moment.en(readyAt)} (Japan time).`,
      ]
    : []),
];
