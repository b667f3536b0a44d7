import { record } from "#lib/audit/record";
import { transaction } from "#lib/db/sql";

/** How much of each kind ended. */
export type Ended = { accounts: number; sessions: number; challenges: number; devices: number };

/**
 * Ends what was issued to anybody before this moment: sessions, open challenges with their codes, known devices, and sign-ins whose
 * password is being checked (RE-05). For a database that was restored from a backup, where what had been used or ended since is alive
 * again. Locks challenges before accounts, as everywhere.
 */
export async function endEverything(): Promise<Ended> {
  return transaction(async (tx) => {
    const challenges = await tx`UPDATE challenges SET voided_at = app_now() WHERE consumed_at IS NULL AND voided_at IS NULL RETURNING id`;
    await tx`DELETE FROM challenge_codes`;
    const accounts = await tx`UPDATE users SET epoch = epoch + 1 RETURNING id`;
    const sessions = await tx`DELETE FROM sessions RETURNING id`;
    const devices = await tx`DELETE FROM known_devices RETURNING id`;
    await record(tx, { event: "everything.ended", ip: "", userAgent: "" });
    return { accounts: accounts.length, sessions: sessions.length, challenges: challenges.length, devices: devices.length };
  });
}
