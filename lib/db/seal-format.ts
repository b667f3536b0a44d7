import { sealFormat, setSealFormat } from "#lib/crypto/seal-format";
import { sql } from "#lib/db/sql";
import { singleton } from "#lib/singleton";

/** Milliseconds for which a process may use a cached format, and to wait after a failed read. */
const FRESH_MS = 10_000;
const RETRY_MS = 1_000;

/**
 * Returns the current format of sealed values, cached in this process; the strict one if the database has none. `settled`: all processes have
 * written the new format for 15 minutes, so codes in the old one have expired.
 */
export async function readSealFormat(): Promise<{ settled: boolean }> {
  const [row] = await sql<{ owned: boolean; complete: boolean; settled: boolean }>`
    SELECT owner_from <= now() AS owned, coalesce(complete_at <= now(), false) AS complete, owner_from <= now() - interval '15 minutes' AS settled FROM seal_format`;
  setSealFormat({ ownerWritten: row?.owned ?? true, ownerlessOpens: row ? !row.complete : false });
  return { settled: row?.settled ?? true };
}

const isFinal = () => sealFormat().ownerWritten && !sealFormat().ownerlessOpens;

/** Reads the format now and every ten seconds until it can no longer change; once per process. */
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

/** Closes the old format permanently, after a minute in which requests can still open values that they read before the resealing. */
export const completeSealFormat = () => sql`SELECT complete_seal_format()`;
