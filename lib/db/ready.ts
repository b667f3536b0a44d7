import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { pool } from "#lib/db/pool";
import { singleton } from "#lib/singleton";

const folder = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

/** The migrations in the sources, oldest first. */
const migrations = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** The number of the job queue's newest migration; the package has one file for each (000020.sql). */
function newestOfQueue(): number {
  const entry = createRequire(import.meta.url).resolve("graphile-worker");
  const numbers = readdirSync(join(entry, "..", "..", "sql")).map((name) => Number.parseInt(name, 10));
  return Math.max(...numbers.filter(Number.isInteger));
}

/** Lists the migrations of this version that the database lacks, read as the application's role; none for a newer database. */
export async function unapplied(client: Pick<pg.Pool, "query">): Promise<string[]> {
  const newest = singleton("newest-of-queue", newestOfQueue);
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) name WHERE NOT EXISTS (
       SELECT FROM public._prisma_migrations m WHERE m.migration_name = name AND m.finished_at IS NOT NULL AND m.rolled_back_at IS NULL)
     UNION ALL SELECT 'graphile_worker' WHERE NOT EXISTS (SELECT FROM graphile_worker.migrations WHERE id >= $2)`,
    [migrations, newest],
  );
  return rows.map(({ name }) => name);
}

/** Lists all migrations of this version, for a database that was never migrated. */
export const allMigrations = (): string[] => [...migrations, "graphile_worker"];

/** Returns true if the database answers within two seconds and has all migrations of these sources; an instance takes traffic only then. */
export async function checkReady(): Promise<boolean> {
  const answer = unapplied(pool()).then(
    (names) => names.length === 0,
    () => false,
  );
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, 2_000, false).unref());
  return Promise.race([answer, late]);
}
