import { DatabaseUnavailable } from "#lib/db/pool";
import { type Sql, transaction } from "#lib/db/sql";

const LOCK_NOT_AVAILABLE = "55P03";

/** Whether what a transaction does waits for a lock that another one holds; a wait is given up after 200 ms and undone. */
export const waitsForLock = (work: (tx: Sql) => Promise<unknown>): Promise<boolean> =>
  transaction(async (tx) => {
    await tx`SET LOCAL lock_timeout = '200ms'`;
    await work(tx);
    return false;
  }).catch((error: unknown) => {
    if (error instanceof DatabaseUnavailable && (error.cause as { code?: unknown } | undefined)?.code === LOCK_NOT_AVAILABLE) return true;
    throw error;
  });
