import { numberHash, numberHashes, openNumber } from "#lib/crypto/number-seal";
import type { Sql } from "#lib/db/sql";
import { env } from "#lib/env";

/** A bound phone taken off its account, and put back while that can be undone. */

/** What a change keeps of a removed phone: its columns, and its number as it was sealed. */
export type RemovedPhone = { id: string; columns: Record<string, unknown>; sealed: string };

/** Serialises claims of one number; the unique index alone decides only between claims under the same key. */
export const lockNumber = (tx: Sql, hashes: Buffer[]): Promise<unknown> =>
  tx`SELECT pg_advisory_xact_lock(hashtextextended(${`number/${hashes[0]?.toString("hex")}`}, 0))`;

/** Removes a bound phone of an account with everything that hangs on it; null when the account has no such phone. */
export async function removePhone(tx: Sql, userId: string, phoneId: string): Promise<RemovedPhone | null> {
  const [phone] = await tx<{ sealed: string; columns: Record<string, unknown> }>`
    SELECT p.number_sealed AS sealed, json_build_object('name', a.name, 'failures', a.failures, 'disabledAt', a.disabled_at, 'verifiedAt', a.verified_at,
      'lastUsedAt', a.last_used_at, 'createdAt', a.created_at, 'country', p.country, 'channel', p.channel, 'voiceOnly', p.voice_only,
      'riskAcceptedAt', p.risk_accepted_at, 'riskNoticeVersion', p.risk_notice_version, 'preferred', p.preferred, 'doubtedAt', p.doubted_at) AS columns
    FROM authenticators a JOIN phones p ON p.id = a.id
    WHERE a.id = ${phoneId}::uuid AND a.user_id = ${userId}::uuid AND a.verified_at IS NOT NULL FOR UPDATE OF a`;
  if (!phone) return null;
  await tx`DELETE FROM authenticators WHERE id = ${phoneId}::uuid`;
  return { id: phoneId, ...phone };
}

/**
 * Puts a removed phone back under its own id; false when its number has found another account meanwhile. Where the account itself has bound the number
 * again, that phone stays in its place.
 */
export async function restorePhone(tx: Sql, userId: string, { id, columns, sealed }: RemovedPhone): Promise<boolean> {
  const e164 = openNumber(id, userId, sealed);
  const [hash, hashes] = [numberHash(e164), numberHashes(e164)];
  // As for a claim: under every configured key, and one after the other.
  await lockNumber(tx, hashes);
  const [free] = await tx<{ slot: number | null; own: boolean }>`
    SELECT EXISTS (SELECT 1 FROM account_phones o WHERE o.user_id = ${userId}::uuid AND o.number_hash = ANY(${hashes}::bytea[]) AND o.verified_at IS NOT NULL) AS own,
     (SELECT min(s.n) FROM generate_series(1, ${env().ACCOUNTS_PER_PHONE}::int) s(n)
      WHERE NOT EXISTS (SELECT 1 FROM phones o WHERE o.number_hash = ANY(${hashes}::bytea[]) AND o.slot = s.n)) AS slot`;
  if (free?.own) return true;
  if (!free || free.slot === null) return false;
  const kept = JSON.stringify(columns);
  await tx`
    WITH c AS (SELECT * FROM json_to_record(${kept}::json) AS c("name" text, "failures" int, "disabledAt" timestamptz, "verifiedAt" timestamptz, "lastUsedAt" timestamptz,
      "createdAt" timestamptz, "country" text, "channel" channel, "voiceOnly" boolean, "riskAcceptedAt" timestamptz, "riskNoticeVersion" int,
      "preferred" boolean, "doubtedAt" timestamptz)
    ), a AS (
      INSERT INTO authenticators (id, user_id, kind, name, failures, disabled_at, verified_at, last_used_at, created_at)
      SELECT ${id}::uuid, ${userId}::uuid, 'phone', "name", "failures", "disabledAt", "verifiedAt", "lastUsedAt", "createdAt" FROM c RETURNING id)
    INSERT INTO phones (id, number_sealed, number_hash, slot, country, channel, voice_only, risk_accepted_at, risk_notice_version, preferred, doubted_at)
    SELECT a.id, ${sealed}, ${hash}, ${free.slot}::int, "country", "channel", "voiceOnly", "riskAcceptedAt", "riskNoticeVersion",
      "preferred" AND NOT EXISTS (SELECT 1 FROM account_phones o WHERE o.user_id = ${userId}::uuid AND o.preferred), "doubtedAt" FROM a, c`;
  return true;
}
