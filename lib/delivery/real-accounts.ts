import { sql } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/** Whether texts of demo mode leave the house: pages say so, and are drawn without asking the database for it. */

const EVERY_MS = 5_000;
const known = () => singleton("real-accounts", () => ({ inUse: false }));

/** Whether an account of a real provider was in use when last looked at, five seconds ago at most. */
export const realAccounts = (): boolean => known().inUse;

/** Looks now; while the database does not answer, what was known stays. */
export async function lookForRealAccounts(): Promise<void> {
  try {
    const [row] = await sql<{ real: boolean }>`
      SELECT EXISTS (SELECT FROM provider_accounts a JOIN provider_routes o ON o.account_id = a.id
        WHERE a.kind <> 'demo' AND a.disabled_at IS NULL) AS real`;
    known().inUse = row?.real ?? false;
  } catch {}
}

/** Looks every five seconds, outside of any request, until the returned function is called. */
export async function watchRealAccounts(): Promise<() => void> {
  await lookForRealAccounts();
  const timer = setInterval(() => void lookForRealAccounts(), EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
