import type pg from "pg";
import { APP_ROLE } from "#lib/db/settings";

/** What a database login may do, and the roles that it can become, read without the application's role (LG-03, decision 027). */

/** A right that the application's login must not have; `role` has it, either the login itself or a role that it can become. */
export type Power = {
  is: "superuser" | "owner" | "createrole" | "bypassrls" | "replication" | "server" | "create" | "right";
  role: string;
  what: string;
};

// `SET ROLE` needs any form of membership: without INHERIT, or in PostgreSQL 16 with ADMIN only, which can grant itself the rest. Column rights are
// compared column by column, because the application itself has some of them.
const POWERS = `
WITH reach AS (SELECT r.* FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')),
space AS (SELECT oid, nspname AS name, nspowner AS owner FROM pg_namespace WHERE nspname IN ('public', 'graphile_worker')),
tables AS (
  SELECT c.oid, CASE s.name WHEN 'public' THEN '' ELSE s.name || '.' END || c.relname AS name
  FROM pg_class c JOIN space s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')),
owned AS (
  SELECT datdba AS owner, 'the database ' || datname AS what FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT owner, 'the schema ' || name FROM space
  UNION ALL SELECT c.relowner, 'tables in ' || s.name FROM pg_class c JOIN space s ON s.oid = c.relnamespace
  UNION ALL SELECT p.proowner, 'functions in ' || s.name FROM pg_proc p JOIN space s ON s.oid = p.pronamespace),
forbidden AS (
  SELECT t.oid, t.name, p AS privilege, CASE
      WHEN p IN ('TRUNCATE', 'TRIGGER') THEN true
      WHEN t.name IN ('audit_events', 'audit_seals') THEN p IN ('UPDATE', 'DELETE')
      WHEN t.name = 'audit_unsealed' THEN p IN ('INSERT', 'UPDATE')
      WHEN t.name IN ('_prisma_migrations', 'graphile_worker.migrations') THEN p <> 'SELECT'
      ELSE false END AS always
  FROM tables t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p),
app AS (SELECT oid FROM pg_roles WHERE rolname = '${APP_ROLE}')
SELECT 'superuser' AS is, rolname AS role, '' AS what FROM reach WHERE rolsuper
UNION ALL SELECT 'createrole', rolname, '' FROM reach WHERE rolcreaterole
UNION ALL SELECT 'bypassrls', rolname, '' FROM reach WHERE rolbypassrls
UNION ALL SELECT 'replication', rolname, '' FROM reach WHERE rolreplication
UNION ALL SELECT 'server', rolname, '' FROM reach WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
UNION ALL SELECT 'owner', r.rolname, string_agg(DISTINCT o.what, ', ') FROM reach r JOIN owned o ON o.owner = r.oid GROUP BY r.rolname
UNION ALL SELECT 'create', r.rolname, 'the schema ' || s.name FROM reach r, space s WHERE has_schema_privilege(r.oid, s.oid, 'CREATE')
UNION ALL SELECT 'create', r.rolname, 'the database ' || current_database() FROM reach r WHERE has_database_privilege(r.oid, current_database(), 'CREATE')
UNION ALL
SELECT 'right', r.rolname, f.privilege || ' on ' || f.name FROM reach r, forbidden f
WHERE CASE WHEN f.privilege IN ('SELECT', 'INSERT', 'UPDATE')
  THEN EXISTS (SELECT FROM pg_attribute a
    WHERE a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(r.oid, f.oid, a.attnum, f.privilege)
      AND (f.always OR NOT has_column_privilege((SELECT oid FROM app), f.oid, a.attnum, f.privilege)))
  ELSE has_table_privilege(r.oid, f.oid, f.privilege) AND (f.always OR NOT has_table_privilege((SELECT oid FROM app), f.oid, f.privilege)) END`;

const WORST_FIRST: Power["is"][] = ["superuser", "owner", "createrole", "bypassrls", "replication", "server", "right", "create"];
const rank = ({ is, what }: Power) => WORST_FIRST.indexOf(is) + (is === "right" && !what.includes("audit") ? 0.5 : 0);

/** Worst first, and only the rights that must be revoked: an owner has every right, and an inherited right names the role that has it. */
function essential(powers: readonly Power[], login: string): Power[] {
  if (powers.some(({ is, role }) => is === "superuser" && role === login)) return [{ is: "superuser", role: login, what: "" }];
  const owns = powers.some(({ is }) => is === "superuser" || is === "owner");
  const inherited = ({ is, role, what }: Power) =>
    role === login && powers.some((other) => other.role !== login && other.is === is && other.what === what && what !== "");
  return powers
    .filter((power) => !(owns && (power.is === "right" || power.is === "create")) && !inherited(power))
    .sort((one, other) => rank(one) - rank(other) || one.what.localeCompare(other.what));
}

/** Reads the name of a client's login and what it may do that the application's must not, the worst first. */
export async function readPowers(client: pg.Client): Promise<{ name: string; database: string; powers: Power[] }> {
  const { rows } = await client.query<{ name: string; database: string }>(
    "SELECT session_user::text AS name, current_database()::text AS database",
  );
  const { name = "", database = "" } = rows[0] ?? {};
  const { rows: powers } = await client.query<Power>(POWERS);
  return { name, database, powers: essential(powers, name) };
}
