import type { Sql } from "#lib/db/sql";

/**
 * Makes acts that change who is staff wait for each other, so that two of them cannot each leave the other as the last administrator. It is taken
 * before any row, because two administrators who act on each other would otherwise wait for each other's row.
 */
export const lockStaff = (tx: Sql): Promise<unknown> => tx`SELECT pg_advisory_xact_lock(hashtextextended('staff', 0))`;
