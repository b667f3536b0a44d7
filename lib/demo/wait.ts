import { pool } from "#lib/db/pool";
import { singleton } from "#lib/singleton";

type Bell = { rings: number; waiting: Map<() => void, string | null>; listening: Promise<void> | null };

const bell = () => singleton<Bell>("demo-bell", () => ({ rings: 0, waiting: new Map(), listening: null }));

/** Wakes the waiters for this address and those for any address; without an address, all waiters. */
const ring = (address?: string) => {
  bell().rings += 1;
  for (const [wake, awaited] of bell().waiting) if (!address || awaited === null || awaited === address) wake();
};

/**
 * One connection per process listens for all waiters. When it is lost, all waiters check the inbox, and the next wait opens another
 * connection.
 */
async function listen(): Promise<void> {
  const client = await pool().connect();
  const lost = () => {
    bell().listening = null;
    client.release(true);
    ring();
  };
  client.once("error", lost);
  client.on("notification", ({ payload }) => ring(payload));
  await client.query("LISTEN demo_message");
}

/**
 * Starts to listen and returns the number of arrivals heard so far. Call it before reading the inbox, so that a later arrival still wakes
 * the waiter.
 */
export async function demoArrivals(): Promise<number> {
  bell().listening ??= listen();
  await bell().listening?.catch(() => {
    bell().listening = null;
  });
  return bell().rings;
}

/** Resolves when a message to an address (named by `demoAddress`; null: any) has arrived after the first `seen` arrivals, or after `ms`. */
export async function demoMessageAfter(address: string | null, seen: number, ms: number): Promise<void> {
  if (bell().rings !== seen) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      bell().waiting.delete(done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    bell().waiting.set(done, address);
  });
}
