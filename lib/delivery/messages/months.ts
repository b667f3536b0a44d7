import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseUnavailable } from "#lib/db/pool";
import { sql } from "#lib/db/sql";
import { log } from "#lib/log";

/**
 * Messages and their attempts are tables of one month each: a month is dropped once it has been over for `keepMessageDays`, which costs the same however many rows it
 * has. Both statements wait for a lock for 50 ms, because every send waits behind them meanwhile.
 */

/** How often a month is tried in one run, and the pause between, in which what holds the lock ends. */
const TRIES = 5;
const PAUSE_MS = 200;

/** Whether a statement waited for a lock for too long (lock_timeout). */
const isLocked = (error: unknown): boolean =>
  error instanceof DatabaseUnavailable && (error.cause as { code?: unknown } | undefined)?.code === "55P03";

/** Runs a statement until it gets its locks; null when it did not in this run. */
async function untilLocked<T>(what: string, statement: () => Promise<T>): Promise<T | null> {
  for (let tries = 1; ; tries += 1)
    try {
      return await statement();
    } catch (error) {
      if (!isLocked(error)) throw error;
      if (tries === TRIES) {
        log.info({ event: "months.locked", job: what }, "a month of messages was in use, and is tried again by the next run");
        return null;
      }
      await sleep(PAUSE_MS);
    }
}

/** Makes the tables of this month and the next where they are missing. */
export async function makeMonths(): Promise<void> {
  await untilLocked("make", () => sql`SELECT make_message_months()`);
}

/** Drops the months that have been over for `keepMessageDays`, each in a transaction of its own; returns their names. */
export async function dropMonths(): Promise<string[]> {
  const dropped: string[] = [];
  for (;;) {
    const rows = await untilLocked("drop", () => sql<{ month: string | null }>`SELECT drop_message_month() AS month`);
    const month = rows?.[0]?.month;
    if (!month) return dropped;
    log.info({ event: "months.dropped", outcome: month }, "a month of messages was dropped");
    dropped.push(month);
  }
}

/** The tables of messages that belong to no month: the rest, and what was written before there were months. */
export const tablesWithoutMonth = async () =>
  (
    await sql<{ name: "messages_rest" | "messages_before" }>`
      SELECT name FROM unnest(ARRAY['messages_rest', 'messages_before']) name WHERE to_regclass('public.' || name) IS NOT NULL`
  ).map(({ name }) => name);
