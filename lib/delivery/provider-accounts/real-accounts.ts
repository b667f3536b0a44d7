import { sql } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/** Tells whether demo mode sends real texts; cached, so that pages show it without a database query. */

const EVERY_MS = 5_000;
const known = () => singleton("real-accounts", () => ({ inUse: false }));

/** Returns whether an account of a real provider was in use at the last check, at most five seconds ago. */
export const realAccounts = (): boolean => known().inUse;

/** Checks now; if the database is unavailable, the last result stays. */
async function lookForRealAccounts(): Promise<void> {
  try {
    const [row] = await sql<{ real: boolean }>`
      SELECT EXISTS (SELECT FROM provider_accounts a JOIN provider_routes o ON o.account_id = a.id
        WHERE a.kind <> 'demo' AND a.disabled_at IS NULL) AS real`;
    known().inUse = row?.real ?? false;
  } catch {}
}

/** Checks every five seconds, outside of any request, until the returned function is called. */
export async function watchRealAccounts(): Promise<() => void> {
  await lookForRealAccounts();
  const timer = setInterval(() => void lookForRealAccounts(), EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
