import { DatabaseUnavailable, isUnavailable, rethrow } from "#lib/db/pool";
import { type Sql, transaction } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/** Queues the requests of one process for the same row in memory: waiting inside PostgreSQL would occupy a connection each. */

const lines = () => singleton("lines", () => new Map<string, Promise<void>>());
const lengths = () => singleton("line-lengths", () => new Map<string, number>());

/** Counts the calls in this process that wait for a row, including the active one. */
export const lengthOf = (row: string): number => lengths().get(row) ?? 0;

const nothing = () => undefined;
const unlessUnavailable = (error: unknown): void => {
  if (isUnavailable(error)) throw error;
};

/**
 * Serializes the work that locks one row, so that a row which hangs costs one connection instead of the pool (K07). If it fails, all waiting
 * requests fail at once, because waiting in turn would exceed the time limit of a request.
 */
export async function inLine<T>(row: string, work: () => Promise<T>): Promise<T> {
  // The bundler creates a second copy of this file and of its error class, so an error of this copy replaces the original.
  const mine = (lines().get(row) ?? Promise.resolve()).then(work, () => rethrow(new DatabaseUnavailable()));
  const line = mine.then(nothing, unlessUnavailable);
  line.catch(nothing);
  lines().set(row, line);
  lengths().set(row, lengthOf(row) + 1);
  try {
    return await mine;
  } finally {
    lengths().set(row, lengthOf(row) - 1);
    if (lines().get(row) === line) {
      lines().delete(row);
      lengths().delete(row);
    }
  }
}

/** Runs a transaction that begins with a lock on one row, in that row's queue. */
export const transactionOn = <T>(row: string, work: (tx: Sql) => Promise<T>): Promise<T> => inLine(row, () => transaction(work));
