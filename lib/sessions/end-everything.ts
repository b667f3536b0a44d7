import { record } from "#lib/audit/record";
import { noteHome } from "#lib/db/home";
import { replaceSigningKey } from "#lib/db/signing-keys";
import { type Sql, transaction } from "#lib/db/sql";

/** How much of each kind ended, and whether receipts are signed by another key from now on. */
export type Ended = {
  accounts: number;
  sessions: number;
  challenges: number;
  devices: number;
  recoveryCodes: number;
  signingKeyReplaced: boolean;
};

/** The count of a statement; it does not return the ids, which may be millions. */
const many = async (counted: Promise<{ n: number }[]>): Promise<number> => (await counted)[0]?.n ?? 0;

/**
 * Ends everything issued before now: sessions, open challenges with their codes, known devices, sign-ins whose password is being checked
 * (RE-05), and recovery codes unless they are to be kept, because a backup does not show which were used after it. Receipts get another signing key:
 * a backup brings an erased private key back. Locks challenges before accounts, as everywhere, and records the database's current location as its home.
 */
export async function endEverything({ keepRecoveryCodes = false } = {}): Promise<Ended> {
  const end = async (tx: Sql): Promise<Ended> => {
    const challenges = await many(tx`
      WITH gone AS (UPDATE challenges SET voided_at = app_now() WHERE consumed_at IS NULL AND voided_at IS NULL RETURNING 1)
      SELECT count(*)::int AS n FROM gone`);
    await tx`DELETE FROM challenge_codes`;
    await tx`DELETE FROM reset_codes`;
    const accounts = await many(tx`
      WITH risen AS (
        UPDATE users SET epoch = epoch + 1 RETURNING 1)
      SELECT count(*)::int AS n FROM risen`);
    const sessions = await many(tx`WITH gone AS (DELETE FROM sessions RETURNING 1) SELECT count(*)::int AS n FROM gone`);
    const devices = await many(tx`WITH gone AS (DELETE FROM known_devices RETURNING 1) SELECT count(*)::int AS n FROM gone`);
    const recoveryCodes = await many(tx`
      WITH gone AS (DELETE FROM recovery_codes WHERE NOT ${keepRecoveryCodes}::boolean RETURNING 1) SELECT count(*)::int AS n FROM gone`);
    await tx`DELETE FROM authenticators WHERE kind = 'recovery_codes' AND NOT ${keepRecoveryCodes}::boolean`;
    const signingKeyReplaced = await replaceSigningKey(tx);
    await record(tx, { event: "everything.ended", ip: "", userAgent: "" });
    await noteHome(tx);
    return { accounts, sessions, challenges, devices, recoveryCodes, signingKeyReplaced };
  };
  return transaction(end, { patient: true });
}
