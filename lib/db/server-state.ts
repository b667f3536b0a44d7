import type pg from "pg";
import { connectAs } from "#lib/db/connection";
import { settingsOf } from "#lib/db/settings";
import { sql } from "#lib/db/sql";
import { majorOf } from "#lib/db/version";
import { env } from "#lib/env";

/** What an operator asks of the database server: whether it keeps what it acknowledges, and whether our connections are what they say. */

const DURABILITY = ["fsync", "full_page_writes", "synchronous_commit"] as const;

export type ServerState = {
  /** Its major version. */
  version: number;
  /** The settings that are off though committed data depends on them. */
  unsafe: (typeof DURABILITY)[number][];
  /** The settings of the application's connections that are not what they said at connect. */
  overruled: { name: string; found: string; wanted: string }[];
  /** Seconds by which the server's clock is ahead of this machine's. */
  clockAhead: number;
  /** The connections that the server lets us have, and what the running processes may ask for. */
  connections: { allowed: number; needed: number; processes: number };
};

/** The worker's pool (lib/jobs/worker), and what commands, migrations and the doctor open beside the processes. */
const WORKER_CONNECTIONS = 20;
const SPARE_CONNECTIONS = 5;

async function overruled(): Promise<ServerState["overruled"]> {
  // What each setting becomes where it is set, in its own spelling; until the end of the statement only.
  const wanted = Object.entries({ ...settingsOf("application"), session_replication_role: "origin" });
  const settable = wanted.filter(([name]) => name !== "session_replication_role");
  return sql<ServerState["overruled"][number]>`
    SELECT name, found, wanted FROM (
      SELECT n AS name, current_setting(n) AS found, set_config(n, v, true) AS wanted
      FROM unnest(${settable.map(([name]) => name)}::text[], ${settable.map(([, value]) => value)}::text[]) AS t(n, v)
    ) s WHERE found <> wanted
    UNION ALL
    SELECT 'session_replication_role', current_setting('session_replication_role'), 'origin' WHERE current_setting('session_replication_role') <> 'origin'`;
}

/** A connection as the login itself, which sees what its other connections are doing; ends by itself when it hangs. */
async function connectAsLogin(): Promise<pg.Client> {
  return connectAs("migration", {
    connectionString: env().DATABASE_URL,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
    application_name: "sekisho doctor",
  });
}

const backendOf = async (client: pg.Client) => (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;

/**
 * Whether a transaction pooler stands between: it gives the second of two clients the server's connection that the first has just used.
 * Asked before anything else, because named statements fail behind one. Throws where the server cannot be reached.
 */
export async function isPooled(): Promise<boolean> {
  const first = await connectAsLogin();
  const second = await connectAsLogin().catch(async (error: unknown) => {
    await first.end();
    throw error;
  });
  try {
    const before = await backendOf(first);
    await second.query("BEGIN");
    return (await backendOf(second)) === before || (await backendOf(first)) !== before;
  } finally {
    await Promise.all([first.end(), second.end()]);
  }
}

async function connections(client: pg.Client): Promise<ServerState["connections"]> {
  // Each process that runs jobs listens for them on one connection.
  const { rows } = await client.query<{ allowed: number; processes: number }>(`
    SELECT least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true), '0')::int,
        nullif(r.rolconnlimit, -1), nullif(d.datconnlimit, -1)) AS allowed,
      (SELECT count(*)::int FROM pg_stat_activity a WHERE a.datname = d.datname AND a.query LIKE 'LISTEN "jobs:insert"%') AS processes
    FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()`);
  const { allowed = 0, processes = 0 } = rows[0] ?? {};
  return {
    allowed,
    processes,
    needed: Math.max(processes, 1) * (env().DATABASE_POOL + WORKER_CONNECTIONS) + SPARE_CONNECTIONS,
  };
}

async function clockAhead(client: pg.Client): Promise<number> {
  const asked = Date.now();
  const { rows } = await client.query<{ at: number }>("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at");
  return ((rows[0]?.at ?? Number.NaN) - (asked + Date.now()) / 2) / 1000;
}

/** How the server stands; it is asked by connections of its own, beside the application's. */
export async function serverState(): Promise<ServerState> {
  const client = await connectAsLogin();
  try {
    const [row] = await sql<{ version: number; unsafe: ServerState["unsafe"] }>`
      SELECT current_setting('server_version_num')::int AS version,
        ARRAY(SELECT n FROM unnest(${[...DURABILITY]}::text[]) n WHERE current_setting(n) = 'off') AS unsafe`;
    return {
      version: majorOf(row?.version ?? 0),
      unsafe: row?.unsafe ?? [],
      overruled: await overruled(),
      clockAhead: await clockAhead(client),
      connections: await connections(client),
    };
  } finally {
    await client.end();
  }
}
