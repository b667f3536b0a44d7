import { pool } from "#lib/db/pool";
import { singleton } from "#lib/singleton";

type Bell = { rings: number; waiting: Set<() => void>; listening: Promise<void> | null };

const bell = () => singleton<Bell>("demo-bell", () => ({ rings: 0, waiting: new Set(), listening: null }));

const ring = () => {
  bell().rings += 1;
  for (const wake of bell().waiting) wake();
};

/** One connection per process listens for all who wait; when it is lost, everybody looks for themselves and the next wait opens another. */
async function listen(): Promise<void> {
  const client = await pool().connect();
  const lost = () => {
    bell().listening = null;
    client.release(true);
    ring();
  };
  client.once("error", lost);
  client.on("notification", ring);
  await client.query("LISTEN demo_message");
}

/** How many arrivals were heard so far, listening from now on: asked for before looking, so that what arrives after the look still wakes. */
export async function demoArrivals(): Promise<number> {
  bell().listening ??= listen();
  await bell().listening?.catch(() => {
    bell().listening = null;
  });
  return bell().rings;
}

/** Resolves when a message arrived at the demo inbox since `seen` arrivals, or after `ms`. */
export async function demoMessageAfter(seen: number, ms: number): Promise<void> {
  if (bell().rings !== seen) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      bell().waiting.delete(done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    bell().waiting.add(done);
  });
}
