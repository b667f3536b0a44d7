import { sealFormat, setSealFormat } from "#lib/crypto/seal-format";
import { sql } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/** How long a process may go on with a format that has changed, and the wait after a read that failed, in milliseconds. */
const FRESH_MS = 10_000;
const RETRY_MS = 1_000;

/**
 * Reads which format of sealed values is in force and keeps it for this process. `settled`: every process has written the new format alone
 * for so long that codes of the old one are over (15 minutes). A database that does not say has the strict format.
 */
export async function readSealFormat(): Promise<{ settled: boolean }> {
  const [row] = await sql<{ owned: boolean; complete: boolean; settled: boolean }>`
    SELECT owner_from <= now() AS owned, coalesce(complete_at <= now(), false) AS complete, owner_from <= now() - interval '15 minutes' AS settled FROM seal_format`;
  setSealFormat({ ownerWritten: row?.owned ?? true, ownerlessOpens: row ? !row.complete : false });
  return { settled: row?.settled ?? true };
}

const isFinal = () => sealFormat().ownerWritten && !sealFormat().ownerlessOpens;

/** Reads it now, and again every ten seconds until nothing is left to change; once per process. */
export async function followSealFormat(): Promise<void> {
  const following = singleton("seal-format-follower", () => ({ begun: false }));
  if (following.begun) return;
  following.begun = true;
  const next = async (): Promise<void> => {
    const known = await readSealFormat().then(
      () => true,
      () => false,
    );
    if (!known || !isFinal()) setTimeout(next, known ? FRESH_MS : RETRY_MS).unref();
  };
  await next();
}

/** Closes the old format for good, in a minute: a request that has read a value just before it was written anew still opens it. */
export const completeSealFormat = () => sql`SELECT complete_seal_format()`;
