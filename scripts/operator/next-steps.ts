import { refusalsOf } from "#lib/db/admit";
import { examineLogin } from "#lib/db/login";
import { explain } from "../machine/refusal.ts";

/** What `npm run migrate` prints at its end: whether the application has its own login, and the SQL that creates one. */

const LOGIN = "sekisho_login";

const identifier = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
const userOf = (url: string | undefined) => decodeURIComponent(URL.parse(url ?? "")?.username ?? "");

/** Returns the SQL that creates a login with the rights of the application and no others. */
export function secondLogin(login: string, database: string): string {
  const name = identifier(login);
  return `CREATE ROLE ${name} LOGIN PASSWORD 'PASSWORD' NOCREATEDB NOCREATEROLE;
GRANT sekisho_app TO ${name};
GRANT CONNECT ON DATABASE ${identifier(database)} TO ${name};`;
}

function howToMake(ownerUrl: string, login: string): string {
  const url = new URL(ownerUrl);
  const database = decodeURIComponent(url.pathname.slice(1)) || userOf(ownerUrl);
  url.username = login;
  url.password = "PASSWORD";
  return `The application needs a login of its own, which can do less than the owner. To make it:

${secondLogin(login, database)}

Next:
1. Run these three statements as the owner (psql "$DATABASE_OWNER_URL"), with a password of your own: openssl rand -hex 24
2. Start the instances and workers with DATABASE_URL=${url.href}
   They are not given DATABASE_OWNER_URL: it is for npm run migrate alone.
3. npm run doctor, with their variables, says whether all is well.`;
}

/** Returns the next steps for the login that DATABASE_URL names beside the owner's URL. */
export async function nextSteps(ownerUrl: string, given: Record<string, string | undefined>): Promise<string> {
  const accepted = given.DATABASE_ONE_LOGIN === "accept";
  const login = userOf(given.DATABASE_URL);
  if (login === "" || login === userOf(ownerUrl))
    return accepted
      ? "One login owns the tables and runs the application, as DATABASE_ONE_LOGIN=accept says: the audit log is not append-only against the application.\nNext: npm start"
      : howToMake(ownerUrl, LOGIN);
  try {
    const refusals = refusalsOf(await examineLogin(given.DATABASE_URL ?? ""), accepted);
    if (refusals.length > 0) return refusals.join("\n\n");
    return `The login ${login} of DATABASE_URL can act as the application${accepted ? "" : " and do nothing else"}.\nNext: npm start, npm run worker`;
  } catch (error) {
    // 28P01 and 28000: the login does not exist or its password is wrong.
    if (!["28P01", "28000"].includes((error as { code?: string }).code ?? "")) return `DATABASE_URL could not be tried. ${explain(error)}`;
    return `The login ${login} of DATABASE_URL was refused.\n${howToMake(ownerUrl, login)}`;
  }
}
