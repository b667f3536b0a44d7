import type { StoredPasskey } from "#lib/authenticators/passkeys/judge";
import { sql } from "#lib/db/sql";
import { passkeyTake } from "#lib/limits/passkey-failures";
import { naming } from "#lib/limits/subject";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { deviceHashes } from "#lib/sessions/known-device";

/** A counted answer: its passkey, and the hits that a right answer gives back. Null where its ceremony is over; then nothing is counted. */
export type PasskeyStep = { stored: StoredPasskey | null; hitIds: string[] } | null;

type Row = Omit<StoredPasskey, "id"> & { id: string | null; live: boolean; retryAfter: number | null; hitIds: string[] };

/**
 * Counts one answer of a passkey alone before its signature is verified, in one statement with its own commit, and finds the usable passkey of a
 * credential id; fails with the seconds to wait where the address is crowded. A known device of the passkey's account has a count of its own, which
 * strangers at its address cannot fill (RL-11). Nothing is counted against the account or the passkey: a signature cannot be guessed.
 */
export async function beginPasskeyStep(
  credentialId: string,
  ends: Date,
  { ip, deviceToken }: Pick<Requester, "ip" | "deviceToken">,
): Promise<Result<PasskeyStep, number>> {
  const { onDevice, ...take } = passkeyTake(await naming(), ip);
  const [row] = await sql<Row>`
    WITH p AS (
      SELECT p.id, a.user_id, p.public_key, p.counter::float8 AS counter, p.backup_eligible, p.needs_password, u.epoch, u.locale
      FROM passkeys p JOIN usable_authenticators a ON a.id = p.id JOIN users u ON u.id = a.user_id
      WHERE p.credential_id = ${Buffer.from(credentialId, "base64url")} AND u.disabled_at IS NULL
    ), asked AS (
      SELECT app_now() < ${ends}::timestamptz AS live, d.id IS NULL AS unknown, CASE WHEN d.id IS NULL THEN ${take.blocks}::bytea[] ELSE ARRAY[uuid_send(d.id)] END AS blocks
      FROM (SELECT) one LEFT JOIN p ON true LEFT JOIN known_devices d
        ON d.token_hash = ANY(${deviceHashes(deviceToken)}::bytea[]) AND d.user_id = p.user_id AND d.expires_at > app_now()
    ), judged AS (
      SELECT a.blocks, j.lanes, j.retry_after FROM asked a CROSS JOIN LATERAL address_lanes(
        CASE WHEN a.unknown THEN ${take.policy} ELSE ${onDevice.policy} END, a.blocks,
        CASE WHEN a.unknown THEN ${take.maxima}::int[] ELSE ARRAY[${onDevice.max}::int] END, ${take.seconds}::int,
        CASE WHEN a.unknown THEN ${take.crowdedMaxima}::int[] ELSE ARRAY[${onDevice.crowdedMax}::int] END, ${take.crowdedSeconds}::int, NULL, 0) j
      WHERE a.live
    ), hit AS (
      INSERT INTO limit_hits (policy, subject) SELECT j.lanes[o], j.blocks[o] FROM judged j, generate_subscripts(j.lanes, 1) o RETURNING id)
    SELECT a.live, j.retry_after, ARRAY(SELECT id::text FROM hit) AS hit_ids, p.*
    FROM asked a LEFT JOIN judged j ON true LEFT JOIN p ON true`;
  if (!row) throw new Error("an answer of a passkey was not counted");
  const { live, retryAfter, hitIds, id, ...passkey } = row;
  if (!live) return ok(null);
  if (retryAfter !== null) return fail(retryAfter);
  return ok({ stored: id === null ? null : { id, ...passkey }, hitIds });
}
