import { examineLogin, type Login } from "#lib/db/login";
import { powersInWords } from "#lib/db/login-words";
import { checkVersion } from "#lib/db/version";
import { EnvError, env } from "#lib/env";
import { log } from "#lib/log";

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Lists every reason why production must reject this login; with `accepted` the rights of the login are no reason. */
export function refusalsOf(login: Login, accepted: boolean): string[] {
  const { name, member, powers, unapplied } = login;
  const refusals: string[] = [];
  if (unapplied.length > 0)
    refusals.push(
      `The database is not of this version: ${unapplied.length === 1 ? "a migration is" : `${unapplied.length} migrations are`} missing (${unapplied[0]}${unapplied.length > 1 ? " and later" : ""}).\nRun npm run migrate with DATABASE_OWNER_URL, the owner's login; then start again.`,
    );
  if (!member && powers.length === 0)
    refusals.push(
      `The login ${name} of DATABASE_URL cannot act as the role sekisho_app.\nAs the owner: GRANT sekisho_app TO ${quoted(name)};`,
    );
  if (powers.length > 0 && !accepted)
    refusals.push(
      `The login ${name} of DATABASE_URL is the owner of the tables, can become it, or can do more than the application may:
${powersInWords(login, "en")
  .map((line) => `  ${line}`)
  .join("\n")}
Whoever took the application over could then change the audit log. DATABASE_URL needs a login of its own: npm run migrate with DATABASE_OWNER_URL prints the SQL that makes it. Where the platform gives one login alone, DATABASE_ONE_LOGIN=accept says that you know.`,
    );
  return refusals;
}

/**
 * Throws `UnsupportedServer` for an old PostgreSQL, and `EnvError` for a database that lacks migrations (in production only `npm run migrate`
 * applies them) or for a login with too many rights.
 */
export async function admitDatabase(): Promise<void> {
  const { DATABASE_URL, DATABASE_ONE_LOGIN, DATABASE_OWNER_URL } = env();
  await checkVersion(DATABASE_URL);
  const login = await examineLogin(DATABASE_URL);
  const refusals = refusalsOf(login, DATABASE_ONE_LOGIN === "accept");
  if (refusals.length > 0) throw new EnvError(refusals.join("\n\n"));
  if (login.powers.length > 0)
    log.warn({ event: "database.one_login" }, "the application runs with the owner's login: the audit log is not append-only against it");
  if (DATABASE_OWNER_URL)
    log.warn({ event: "database.owner_url" }, "DATABASE_OWNER_URL is set where the application runs: give it to npm run migrate alone");
}

/** Throws `EnvError` for a database that lacks migrations, before an operator's command in production. */
export async function requireMigrations(): Promise<void> {
  const [refusal] = refusalsOf({ ...(await examineLogin(env().DATABASE_URL)), powers: [] }, true);
  if (refusal) throw new EnvError(refusal);
}
