import { DatabaseUnavailable, isUnavailable, rethrow } from "#lib/db/pool";
import { type Sql, transaction } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/** Whoever waits for a row in PostgreSQL holds a connection meanwhile. Those of one process who want the same row wait here, without one. */

const lines = () => singleton("lines", () => new Map<string, Promise<void>>());
const lengths = () => singleton("line-lengths", () => new Map<string, number>());

/** Counts the calls in this process that wait for a row, including the active one. */
export const lengthOf = (row: string): number => lengths().get(row) ?? 0;

const nothing = () => undefined;
const unlessUnavailable = (error: unknown): void => {
  if (isUnavailable(error)) throw error;
};

/**
 * Runs what locks one row one after the other: a row that hangs costs one connection and not the pool, so that only those who want it
 * wait (K07). Where it cannot be had, everybody in line hears it at once: each waiting in turn would be longer than anybody is made to wait.
 */
export async function inLine<T>(row: string, work: () => Promise<T>): Promise<T> {
  // The bundler makes a second copy of this file, and so of the error: one of ours takes the place of whatever the one before met.
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

/** A transaction that begins by locking one row, in line for it. */
export const transactionOn = <T>(row: string, work: (tx: Sql) => Promise<T>): Promise<T> => inLine(row, () => transaction(work));
