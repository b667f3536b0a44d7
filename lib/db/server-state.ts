import type pg from "pg";
import { clockAhead } from "#lib/db/clock-ahead";
import { connectAs } from "#lib/db/connection";
import { settingsOf } from "#lib/db/settings";
import { sql } from "#lib/db/sql";
import { majorOf } from "#lib/db/version";
import { env } from "#lib/env";

/** The state of the database server for the operator: its durability, and whether the settings of our connections are in force. */

const DURABILITY = ["fsync", "full_page_writes", "synchronous_commit"] as const;

type ServerState = {
  version: number;
  unsafe: (typeof DURABILITY)[number][];
  /** Settings of the application's connections that differ from those requested at connect. */
  overruled: { name: string; found: string; wanted: string }[];
  /** Seconds by which the server's clock is ahead of this machine's. */
  clockAhead: number;
  /** The connections that the server allows us, and the number that the running processes may open. */
  connections: { allowed: number; needed: number; processes: number };
};

/** The size of the worker's pool (lib/jobs/worker), and the connections of commands, migrations and the doctor. */
const WORKER_CONNECTIONS = 20;
const SPARE_CONNECTIONS = 5;

async function overruled(): Promise<ServerState["overruled"]> {
  // Reads each setting back in PostgreSQL's own spelling by setting it for the duration of the statement.
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

/** Connects as the login itself, which can see the activity of its other connections; a time-out closes a hanging connection. */
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
 * Detects a transaction pooler: it gives a second client the server connection that the first has just used. Runs before anything else, because
 * named statements fail behind one; throws when the server is unreachable.
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
  // Each process that runs jobs has one listening connection.
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

/** Reads the state of the server over separate connections, beside those of the application. */
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
      clockAhead: await clockAhead(),
      connections: await connections(client),
    };
  } finally {
    await client.end();
  }
}
