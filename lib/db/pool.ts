import pg from "pg";
import { connectAs } from "#lib/db/connection";
import { watchPool } from "#lib/db/pool-watch";
import { ANSWER_MS, poolSettings } from "#lib/db/settings";
import { env } from "#lib/env";
import { markDatabaseUnavailable, requestContext } from "#lib/request";
import { singleton } from "#lib/singleton";

/** Thrown when the database cannot answer in time; pages and calls answer 503 and nothing was granted (RE-03). */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";

  constructor(cause?: unknown) {
    super("the database does not answer", { cause });
  }
}

/** Milliseconds to wait for a connection; with the statement timeout it stays below the 5 s limit of a request (RE-03). */
const CONNECT_MS = 2_000;

function createPool(): pg.Pool {
  const pool = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: env().DATABASE_POOL,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // Independent statements of a transaction are sent together (decision 015).
    pipeline: true,
    ...poolSettings("application"),
    application_name: "sekisho",
  });
  // Without a listener an idle connection that the server closes would end the process; the next query opens another.
  pool.on("error", () => undefined);
  // The same for a connection in use: its statement fails.
  pool.on("connect", (client) => client.on("error", () => undefined));
  watchPool("application", () => pool.waitingCount);
  return pool;
}

/** Opens a connection without time limits, for an operator's command that changes every account. The caller ends it. */
export async function patientClient(): Promise<pg.Client> {
  return connectAs("patient", {
    connectionString: env().DATABASE_URL,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: "sekisho",
  });
}

/** The one pool of this process. */
export const pool = (): pg.Pool => singleton("pool", createPool);

/** Refuses a request that has already timed out once: a second wait would exceed its time limit (RE-03). */
export function refuseSecondWait(): void {
  if (requestContext()?.databaseUnavailable) throw new DatabaseUnavailable();
}

// Prisma's codes for a database that is unreachable, too slow, or out of connections.
const PRISMA_CODES = new Set(["P1001", "P1002", "P1008", "P1011", "P1017", "P2024", "P2037"]);
const CONNECTION_ERRORS = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);

/** Returns true for errors of an unavailable database, as opposed to a faulty statement (SQLSTATE classes 08, 53, 57 and time-outs). */
export function isUnavailable(error: unknown): boolean {
  const { name, code, message } = (error ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  // By its name, because the bundler makes a second copy of the class and a promise of the settings is shared by both.
  if (name === "DatabaseUnavailable") return true;
  if (typeof code === "string" && (CONNECTION_ERRORS.has(code) || PRISMA_CODES.has(code) || /^(08|53|57)/.test(code) || code === "55P03"))
    return true;
  return (
    typeof message === "string" &&
    /timeout exceeded when trying to connect|Query read timeout|Connection terminated|not queryable/.test(message)
  );
}

/** Throws an error again, as `DatabaseUnavailable` where it is one, and tells the front door to answer 503. */
export function rethrow(error: unknown): never {
  if (!isUnavailable(error)) throw error;
  markDatabaseUnavailable();
  throw (error as Error).name === "DatabaseUnavailable" ? error : new DatabaseUnavailable(error);
}
