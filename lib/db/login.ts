import type pg from "pg";
import { connectAs } from "#lib/db/connection";
import { type Power, readPowers } from "#lib/db/powers";
import { allMigrations, unapplied } from "#lib/db/ready";
import { APP_ROLE } from "#lib/db/settings";

/** A database login: what it may do, and whether it can act as the application on the migrated schema (decision 027). */

export type Login = {
  name: string;
  database: string;
  /** True if it can act as the application's role. */
  member: boolean;
  powers: Power[];
  /** Migrations of this version that the database lacks; empty if the login is no member and cannot read them. */
  unapplied: string[];
};

/** Lists the migrations that the database lacks, or null when the login cannot act as the application. */
async function lacking(client: pg.Client): Promise<string[] | null> {
  const { rows } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [APP_ROLE]);
  if (rows.length === 0) return allMigrations();
  try {
    await client.query(`SET ROLE ${APP_ROLE}`);
  } catch (error) {
    if ((error as { code?: unknown }).code === "42501") return null;
    throw error;
  }
  try {
    return await unapplied(client);
  } catch (error) {
    // The table or schema does not exist yet, or is not granted yet.
    if (["42P01", "3F000", "42501"].includes((error as { code?: string }).code ?? "")) return allMigrations();
    throw error;
  }
}

/** Inspects the login of a URL; rejects like `pg` when it cannot connect. */
export async function examineLogin(url: string): Promise<Login> {
  const client = await connectAs("migration", { connectionString: url, connectionTimeoutMillis: 5_000, application_name: "sekisho" });
  try {
    const read = await readPowers(client);
    const missing = await lacking(client);
    return { ...read, member: missing !== null, unapplied: missing ?? [] };
  } finally {
    await client.end();
  }
}
