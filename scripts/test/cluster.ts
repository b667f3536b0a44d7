import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import pg from "pg";
import { ensureOwner } from "../machine/bundled.ts";
import { type Cluster, clusterIn, createCluster, startCluster, stopCluster, urlOfCluster } from "../machine/cluster.ts";
import { scratchDatabaseFolder } from "../machine/place.ts";
import { freePort } from "../machine/ports.ts";
import { secondLogin } from "../operator/next-steps.ts";
import { chosenPostgres, distributionIn, type Postgres } from "./distribution.ts";

/** Name of the migrated database that every test database is copied from. */
const TEMPLATE = "sekisho_template";

/** The application's login in tests, created by the SQL that `npm run migrate` prints. */
export const APP_LOGIN = "sekisho_login";

/** Returns the URL with another database name. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Returns the URL with another login; all logins of the test cluster share one password. */
export function loginUrl(url: string, login: string): string {
  const changed = new URL(url);
  changed.username = login;
  return changed.href;
}

/** Returns the URL with the superuser's login, for settings that only the server's operator can change. */
export function asSuperuser(url: string): string {
  return loginUrl(url, "postgres");
}

async function execute(url: string, statement: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** `url` is the maintenance database. */
export type TestCluster = { url: string; cluster: Cluster; port: number; close(): Promise<void> };

type Choice = { durable?: boolean; postgres?: Postgres };

/** Starts a PostgreSQL with a migrated template for one test run; the bundled one is durable only when a test measures the disk. */
export async function openTestCluster({ durable = false, postgres = chosenPostgres() }: Choice = {}): Promise<TestCluster> {
  const password = randomBytes(18).toString("base64url");
  const make = postgres === "distribution" ? distributionIn : clusterIn;
  const cluster = make(scratchDatabaseFolder(), password);
  const close = async () => {
    await stopCluster(cluster, "immediate").catch(() => {});
    rmSync(cluster.folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await createCluster(cluster, { durable });
    const port = await freePort();
    await startCluster(cluster, port);
    await ensureOwner(cluster, port);
    const url = urlOfCluster(cluster, port);
    await execute(url, `CREATE DATABASE ${TEMPLATE}`);
    const { migrate } = await import("#lib/db/migrate");
    await migrate(withDatabase(url, TEMPLATE));
    await execute(url, secondLogin(APP_LOGIN, TEMPLATE).replace("'PASSWORD'", `'${cluster.password}'`));
    // CREATE DATABASE cannot copy a template that has an open connection.
    await execute(url, `ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`);
    await execute(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${TEMPLATE}' AND usename = current_user`);
    return { url, cluster, port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Creates a database from the template, or from another database without connections, and returns its URL. */
export async function newDatabase(clusterUrl: string, from = TEMPLATE): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await execute(clusterUrl, `CREATE DATABASE ${name} TEMPLATE ${from}`);
  return withDatabase(clusterUrl, name);
}

/** Drops a test database and ends its open connections. */
export async function dropDatabase(url: string) {
  const name = new URL(url).pathname.slice(1);
  for (let tries = 1; ; tries += 1) {
    try {
      return await execute(withDatabase(url, "postgres"), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    } catch (error) {
      // An autovacuum worker may be connected for a moment, and only a superuser may end it (42501).
      if ((error as { code?: unknown }).code !== "42501" || tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
