import pg from "pg";
import { describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";

// The application's role has the least rights outside its own tables, and none of them leads to the owner's rights (LG-03, J07).

/** Runs statements as the application's role on their own connection and closes it; returns the error, or null. */
async function asApplication(...statements: string[]): Promise<string | null> {
  const client = new pg.Client({ connectionString: env().DATABASE_URL, options: "-c role=sekisho_app" });
  await client.connect();
  try {
    await client.query("BEGIN");
    for (const statement of statements) await client.query(statement);
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.query("ROLLBACK");
    await client.end();
  }
}

describe("The application's role", () => {
  it("gets no code of its own run by the owner through the trigger of the audit log", async () => {
    const attack = [
      "CREATE TEMP TABLE audit_unsealed (event_id bigint)",
      "CREATE TEMP TABLE seen (who text)",
      "GRANT ALL ON seen TO PUBLIC",
      "CREATE FUNCTION pg_temp.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO pg_temp.seen VALUES (current_user); RETURN NEW; END $$",
      "CREATE TRIGGER look BEFORE INSERT ON pg_temp.audit_unsealed FOR EACH ROW EXECUTE FUNCTION pg_temp.look()",
      "INSERT INTO audit_events (event) VALUES ('session.ended')",
      "DO $$ BEGIN IF EXISTS (SELECT FROM pg_temp.seen) THEN RAISE 'run by %', (SELECT who FROM pg_temp.seen); END IF; END $$",
      "DO $$ BEGIN IF NOT EXISTS (SELECT FROM public.audit_unsealed WHERE event_id = currval('audit_events_id_seq')) THEN RAISE 'not queued'; END IF; END $$",
    ];
    expect(await asApplication(...attack)).toBeNull();
  });

  it.each([
    ["INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', 'x')"],
    ["UPDATE _prisma_migrations SET checksum = 'x'"],
    ["DELETE FROM _prisma_migrations"],
    ["TRUNCATE _prisma_migrations"],
    ["INSERT INTO graphile_worker.migrations (id, breaking) VALUES (99, true)"],
    ["UPDATE graphile_worker.migrations SET breaking = true"],
    ["DELETE FROM graphile_worker.migrations"],
    ["DELETE FROM database_home"],
    ["CREATE TABLE public.mine (id int)"],
    ["CREATE FUNCTION public.app_now(text) RETURNS int LANGUAGE sql AS 'SELECT 1'"],
    ["CREATE TABLE graphile_worker.mine (id int)"],
    ["CREATE SCHEMA mine"],
    ["TRUNCATE users"],
    ["CREATE TRIGGER mine BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit_queue_for_seal()"],
  ])("is refused: %s", async (statement) => expect(await asApplication(statement)).toMatch(/permission denied/));

  it("reads what tells whether the database is of this version", async () => {
    expect(await asApplication("SELECT migration_name FROM _prisma_migrations", "SELECT id FROM graphile_worker.migrations")).toBeNull();
  });

  it("may use every table and every sequence of this version, so that a migration that forgets to grant is seen here", async () => {
    const unusable = await sql`
      SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relnamespace IN ('public'::regnamespace, 'graphile_worker'::regnamespace)
        AND CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege('sekisho_app', c.oid, 'USAGE')
                           WHEN 'r' THEN NOT has_table_privilege('sekisho_app', c.oid, 'SELECT') ELSE false END`;
    expect(unusable).toEqual([]);
  });
});
