import pg from "pg";
import { connectAs } from "#lib/db/connection";
import { watchPool } from "#lib/db/pool-watch";
import { ANSWER_MS, poolSettings } from "#lib/db/settings";
import { env } from "#lib/env";
import { markDatabaseUnavailable, requestContext } from "#lib/request";
import { singleton } from "#lib/singleton";

/** Thrown when the database cannot answer in time; pages and calls answer 503 and nothing was granted (RE-03). */
export class DatabaseUnavailable extends Error {
  constructor(cause?: unknown) {
    super("the database does not answer", { cause });
  }
}

/** Milliseconds to wait for a connection; together with the statement timeout below the 5 s within which every request is answered (RE-03). */
const CONNECT_MS = 2_000;

function createPool(): pg.Pool {
  const pool = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: env().DATABASE_POOL,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // Statements of one transaction that do not need each other's answers are sent together (decision 015).
    pipeline: true,
    ...poolSettings("application"),
    application_name: "sekisho",
  });
  // An idle connection that the server closes must not take the process with it; the next query opens another.
  pool.on("error", () => undefined);
  // Nor may one that is in use: its statement fails and says so.
  pool.on("connect", (client) => client.on("error", () => undefined));
  watchPool("application", () => pool.waitingCount);
  return pool;
}

/** A connection of its own that waits as long as it takes, for an operator's command that touches every account; end it when done. */
export async function patientClient(): Promise<pg.Client> {
  return connectAs("patient", {
    connectionString: env().DATABASE_URL,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: "sekisho",
  });
}

/** The one pool of this process. */
export const pool = (): pg.Pool => singleton("pool", createPool);

/** Refuses a request that has already waited in vain: two waits would be longer than anybody is made to wait (RE-03). */
export function refuseSecondWait(): void {
  if (requestContext()?.databaseUnavailable) throw new DatabaseUnavailable();
}

// Prisma's codes for a database that is out of reach, too slow, or whose connection or pool is exhausted.
const PRISMA_CODES = new Set(["P1001", "P1002", "P1008", "P1011", "P1017", "P2024", "P2037"]);
const CONNECTION_ERRORS = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);

/** Whether an error says that the database could not answer, rather than that we asked wrongly (SQLSTATE classes 08, 53, 57 and time-outs). */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === "string" && (CONNECTION_ERRORS.has(code) || PRISMA_CODES.has(code) || /^(08|53|57)/.test(code) || code === "55P03"))
    return true;
  return (
    typeof message === "string" &&
    /timeout exceeded when trying to connect|Query read timeout|Connection terminated|not queryable/.test(message)
  );
}

/** Passes an error on, as `DatabaseUnavailable` where it is one, and tells the front door so that the answer is 503. */
export function rethrow(error: unknown): never {
  if (!isUnavailable(error)) throw error;
  markDatabaseUnavailable();
  throw error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error);
}
