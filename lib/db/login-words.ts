import type { Login } from "#lib/db/login";
import type { Power } from "#lib/db/powers";

/** Describes in words the rights of a login beyond those of the application. Pure. */

type Language = "ja" | "en";

const revoke = (what: string) => (what === "the schema public" ? " (REVOKE CREATE ON SCHEMA public FROM PUBLIC)" : "");

const english = ({ is, what }: Power): string => {
  switch (is) {
    case "superuser":
      return "is a superuser";
    case "owner":
      return `owns ${what}`;
    case "createrole":
      return "may make roles (CREATEROLE), and on PostgreSQL 15 members of the owner";
    case "bypassrls":
      return "ignores row level security (BYPASSRLS)";
    case "replication":
      return "reads the whole server (REPLICATION)";
    case "server":
      return "reaches files or programs of the database server";
    case "create":
      return `may make objects in ${what}, which the owner's next migration could call${revoke(what)}`;
    case "right":
      return `has ${what}`;
  }
};

const japanese = ({ is, what }: Power): string => {
  switch (is) {
    case "superuser":
      return "SUPERUSER です";
    case "owner":
      return `所有者です（${what}）`;
    case "createrole":
      return "ロールを作れます（CREATEROLE）。PostgreSQL 15 では所有者のメンバーにもなれます";
    case "bypassrls":
      return "行レベルセキュリティを無視できます（BYPASSRLS）";
    case "replication":
      return "サーバー全体を読み出せます（REPLICATION）";
    case "server":
      return "データベースサーバーのファイルやプログラムを扱えます";
    case "create":
      return `オブジェクトを作れます（${what}）。所有者の次のマイグレーションがそれを呼び出すおそれがあります${revoke(what)}`;
    case "right":
      return `権限 ${what} があります`;
  }
};

const MOST = 6;

/** Describes the rights of a login, one sentence each; long lists are shortened to the first entries. */
export function powersInWords({ name, powers }: Pick<Login, "name" | "powers">, language: Language): string[] {
  const own = (power: Power) => power.role === name;
  const lines = powers.slice(0, MOST).map((power) => {
    if (language === "ja") return own(power) ? japanese(power) : `ロール ${power.role} になれます。${power.role} は${japanese(power)}`;
    return own(power) ? `it ${english(power)}` : `it can become ${power.role}, which ${english(power)}`;
  });
  const left = powers.length - lines.length;
  if (left === 0) return lines;
  return [...lines, language === "ja" ? `ほか ${left}件` : `and ${left} more`];
}
