import { alert } from "#lib/alert";
import { log } from "#lib/log";
import { singleton } from "#lib/singleton";

/** Milliseconds: between two counts of waiting calls, until an alert, and between two equal messages. */
const LOOK_MS = 1_000;
const LASTS_MS = 30_000;
const AGAIN_MS = 60_000;

const waits = () => singleton("pool-waits", () => new Map<string, () => number>());

/** The number of calls that wait for a connection, by the name of the pool. */
export const poolWaits = (): Map<string, number> => new Map([...waits()].map(([name, waiting]) => [name, waiting()]));

/**
 * Watches the calls that wait for a connection of a pool: two counts in a row above zero write a log line, and half a minute of them raises an
 * alert, each at most once a minute. Returns a function that stops the watch.
 */
export function watchPool(name: string, waiting: () => number): () => void {
  let since: number | null = null;
  let [told, alerted] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  waits().set(name, waiting);
  const look = () => {
    const [now, count] = [Date.now(), waiting()];
    if (count === 0) {
      since = null;
      return;
    }
    since ??= now;
    if (now - since >= LASTS_MS && now - alerted >= AGAIN_MS) {
      alerted = told = now;
      alert("pool.full", { pool: name, count }, "calls have waited for a connection of the database for half a minute");
    } else if (now > since && now - told >= AGAIN_MS) {
      told = now;
      log.warn({ event: "pool.full", pool: name, count }, "calls wait for a connection of the database");
    }
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return () => {
    clearInterval(timer);
    if (waits().get(name) === waiting) waits().delete(name);
  };
}
