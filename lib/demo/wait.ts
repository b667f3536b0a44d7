import { pool } from "#lib/db/pool";
import { singleton } from "#lib/singleton";

type Bell = { waiting: Set<() => void>; listening: Promise<void> | null };

const bell = () => singleton<Bell>("demo-bell", () => ({ waiting: new Set(), listening: null }));

const ring = () => {
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

/** Resolves when a message arrived at the demo inbox, or after `ms`. */
export async function demoMessageOr(ms: number): Promise<void> {
  bell().listening ??= listen();
  await bell().listening?.catch(() => {
    bell().listening = null;
  });
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
