import { record } from "#lib/audit/record";
import { noteHome } from "#lib/db/home";
import { type Sql, transaction } from "#lib/db/sql";

/** How much of each kind ended. */
export type Ended = { accounts: number; sessions: number; challenges: number; devices: number; recoveryCodes: number };

/** What a statement counts: ids of millions of rows are not brought here. */
const many = async (counted: Promise<{ n: number }[]>): Promise<number> => (await counted)[0]?.n ?? 0;

/**
 * Ends everything that was issued before this moment: sessions, open challenges with their codes, known devices, and sign-ins whose
 * password is being checked (RE-05). For a database that was restored from a backup, where what had been used or ended since is alive
 * again. Recovery codes end too unless they are to be kept: the backup does not show which were used since; each account saves new ones when it
 * signs in next. Locks challenges before accounts, as everywhere. From here on the database is at home where it is.
 */
export async function endEverything({ keepRecoveryCodes = false } = {}): Promise<Ended> {
  const end = async (tx: Sql): Promise<Ended> => {
    const challenges = await many(tx`
      WITH gone AS (UPDATE challenges SET voided_at = app_now() WHERE consumed_at IS NULL AND voided_at IS NULL RETURNING 1)
      SELECT count(*)::int AS n FROM gone`);
    await tx`DELETE FROM challenge_codes`;
    const accounts = await many(tx`
      WITH risen AS (
        UPDATE users SET epoch = epoch + 1 RETURNING 1)
      SELECT count(*)::int AS n FROM risen`);
    const sessions = await many(tx`WITH gone AS (DELETE FROM sessions RETURNING 1) SELECT count(*)::int AS n FROM gone`);
    const devices = await many(tx`WITH gone AS (DELETE FROM known_devices RETURNING 1) SELECT count(*)::int AS n FROM gone`);
    const recoveryCodes = await many(tx`
      WITH gone AS (DELETE FROM recovery_codes WHERE NOT ${keepRecoveryCodes}::boolean RETURNING 1) SELECT count(*)::int AS n FROM gone`);
    await tx`DELETE FROM authenticators WHERE kind = 'recovery_codes' AND NOT ${keepRecoveryCodes}::boolean`;
    await record(tx, { event: "everything.ended", ip: "", userAgent: "" });
    await noteHome(tx);
    return { accounts, sessions, challenges, devices, recoveryCodes };
  };
  return transaction(end, { patient: true });
}
