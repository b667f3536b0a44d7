import pg from "pg";
import { env } from "#lib/env";
import { markDatabaseUnavailable } from "#lib/request";
import { singleton } from "#lib/singleton";

/** Thrown when the database cannot answer in time; pages and calls answer 503 and nothing was granted (RE-03). */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super("the database does not answer", { cause });
  }
}

/** The role the application acts as; without a separate owner URL the same login takes it on at connect. */
export const APP_ROLE = "sekisho_app";

function createPool(): pg.Pool {
  const pool = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: env().DATABASE_POOL,
    connectionTimeoutMillis: 3_000,
    query_timeout: 4_500,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    options: `-c role=${APP_ROLE} -c statement_timeout=4000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000`,
    application_name: "sekisho",
  });
  // An idle connection that the server closes must not take the process with it; the next query opens another.
  pool.on("error", () => undefined);
  return pool;
}

/** The one pool of this process. */
export const pool = (): pg.Pool => singleton("pool", createPool);

const CONNECTION_ERRORS = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);

/** Whether an error says that the database could not answer, rather than that we asked wrongly (SQLSTATE classes 08, 53, 57 and time-outs). */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === "string" && (CONNECTION_ERRORS.has(code) || /^(08|53|57)/.test(code) || code === "55P03")) return true;
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
