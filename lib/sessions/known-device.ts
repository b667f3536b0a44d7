import { keyedHash, keyedHashes, newToken } from "#lib/crypto/hash";
import { type Sql, sql } from "#lib/db/sql";
import { KNOWN_DEVICE } from "#lib/limits/policy";
import type { Requester } from "#lib/requester";

/** The bearer of a known device for its browser's cookie. It opens nothing and skips nothing: only its wrong passwords are counted apart (RL-06). */
export type KnownDevice = { token: string; expiresAt: Date };

/** The hashes a presented device token may be stored under. */
export const deviceHashes = (token: string | undefined): Buffer[] =>
  token && /^[A-Za-z0-9_-]{43}$/.test(token) ? keyedHashes("token", "device", token) : [];

/** The id of the known device of an account that presents this token; null for any other. */
export async function deviceOf(userId: string, token: string | undefined): Promise<string | null> {
  const hashes = deviceHashes(token);
  if (hashes.length === 0) return null;
  const [device] = await sql<{ id: string }>`
    SELECT id FROM known_devices WHERE token_hash = ANY(${hashes}::bytea[]) AND user_id = ${userId}::uuid AND expires_at > app_now()`;
  return device?.id ?? null;
}

/** Renews the device of a token that belongs to this account, under the active key; null for any other. */
async function renew(tx: Sql, userId: string, token: string, userAgent: string): Promise<KnownDevice | null> {
  const [row] = await tx<{ expiresAt: Date }>`
    UPDATE known_devices SET token_hash = ${keyedHash("token", "device", token)}, last_used_at = app_now(), expires_at = app_now() + make_interval(secs => ${KNOWN_DEVICE.seconds}::int),
      user_agent = ${userAgent}
    WHERE token_hash = ANY(${deviceHashes(token)}::bytea[]) AND user_id = ${userId}::uuid AND expires_at > app_now() RETURNING expires_at`;
  return row ? { token, expiresAt: row.expiresAt } : null;
}

/**
 * Makes this browser a known device of the account, in the transaction of its session; the ten used last are kept. `tell`: notify the owner, at most
 * once a minute; the caller holds the account's row, which serialises concurrent calls.
 */
export async function keepDevice(
  tx: Sql,
  userId: string,
  { deviceToken, ...requester }: Requester,
): Promise<KnownDevice & { tell: boolean }> {
  const userAgent = requester.userAgent.slice(0, 256);
  const known = deviceToken ? await renew(tx, userId, deviceToken, userAgent) : null;
  if (known) return { ...known, tell: false };
  const token = newToken();
  const [row] = await tx<{ expiresAt: Date; tell: boolean }>`
    WITH dropped AS (
      DELETE FROM known_devices WHERE id IN (
        SELECT id FROM known_devices WHERE user_id = ${userId}::uuid ORDER BY last_used_at DESC OFFSET ${KNOWN_DEVICE.perUser - 1}::int)
    ), told AS (
      UPDATE users SET device_told_at = app_now()
      WHERE id = ${userId}::uuid AND (device_told_at IS NULL OR device_told_at <= app_now() - make_interval(secs => ${KNOWN_DEVICE.noticeEvery}::int))
      RETURNING id
    ), added AS (
      INSERT INTO known_devices (token_hash, user_id, expires_at, user_agent)
      VALUES (${keyedHash("token", "device", token)}, ${userId}::uuid, app_now() + make_interval(secs => ${KNOWN_DEVICE.seconds}::int),
        ${userAgent})
      RETURNING expires_at)
    SELECT expires_at, EXISTS (SELECT 1 FROM told) AS tell FROM added`;
  if (!row) throw new Error("a device was not written");
  return { token, expiresAt: row.expiresAt, tell: row.tell };
}

/** Forgets every known device of an account but the one of this token. */
export async function forgetOtherDevices(tx: Sql, userId: string, kept: string | undefined): Promise<void> {
  await tx`DELETE FROM known_devices WHERE user_id = ${userId}::uuid AND NOT token_hash = ANY(${deviceHashes(kept)}::bytea[])`;
}
