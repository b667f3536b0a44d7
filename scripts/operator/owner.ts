import { connectAs } from "#lib/db/connection";
import { CommandRefusal } from "../machine/refusal.ts";

/** Checks that a login may migrate before any change, because PostgreSQL's errors during a migration name no remedy. */

type Rights = {
  login: string;
  database: string;
  /** The owner of the tables, or null if there are none yet. */
  owner: string | null;
  owns: boolean;
  creates: boolean;
  grants: boolean;
};

// From PostgreSQL 16 on only members with ADMIN OPTION, such as the role's creator, may grant a role.
const RIGHTS = `
SELECT session_user::text AS login, current_database()::text AS database, t.owner,
       coalesce(pg_has_role(session_user, t.owner, 'USAGE'), true) AS owns,
       has_database_privilege(current_database(), 'CREATE') AND has_schema_privilege('public', 'CREATE') AS creates,
       CASE WHEN app.oid IS NULL THEN me.rolcreaterole
            WHEN current_setting('server_version_num')::int < 160000 THEN me.rolcreaterole OR pg_has_role(app.oid, 'MEMBER WITH ADMIN OPTION')
            ELSE pg_has_role(app.oid, 'MEMBER WITH ADMIN OPTION') END OR me.rolsuper AS grants
FROM pg_roles me
LEFT JOIN LATERAL (SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = to_regclass('public._prisma_migrations')) t ON true
LEFT JOIN pg_roles app ON app.rolname = 'sekisho_app'
WHERE me.rolname = session_user`;

/** Throws `CommandRefusal` for a login that cannot own the tables of this database. */
export async function requireOwner(url: string): Promise<void> {
  const client = await connectAs("migration", {
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: "sekisho migrations",
  });
  const { rows } = await client.query<Rights>(RIGHTS).finally(() => client.end());
  const [rights] = rows;
  if (!rights) return;
  const { login, database, owner, owns, creates, grants } = rights;
  if (!owns)
    throw new CommandRefusal(
      `The login ${login} is not the owner of the tables of ${database}; that is ${owner}.\nSet DATABASE_OWNER_URL to it.`,
    );
  if (owner) return;
  if (!creates)
    throw new CommandRefusal(
      `The login ${login} may not make tables in ${database}.\nMake it the owner: ALTER DATABASE "${database}" OWNER TO "${login}";`,
    );
  if (!grants)
    throw new CommandRefusal(
      `The login ${login} may not make the role sekisho_app, or not grant it.\nAs an administrator of the server: ALTER ROLE "${login}" CREATEROLE; and, where the role is there already: GRANT sekisho_app TO "${login}" WITH ADMIN OPTION;`,
    );
}
