import { sql } from "#lib/db/sql";

/** Returns the seconds by which the database server's clock is ahead of this machine's. */
export async function clockAhead(): Promise<number> {
  const asked = Date.now();
  const [row] = await sql<{ at: number }>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at`;
  return ((row?.at ?? Number.NaN) - (asked + Date.now()) / 2) / 1000;
}
