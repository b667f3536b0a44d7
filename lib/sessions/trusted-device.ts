import { record } from "#lib/audit/record";
import { keyedHash, keyedHashes, newToken } from "#lib/crypto/hash";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { env } from "#lib/env";
import { TRUSTED_DEVICE } from "#lib/limits/policy";
import type { Requester } from "#lib/requester";

/**
 * Browsers that skip the second factor at sign-in for some days (decision 039): off unless the operator turns them on, none for an account with a role,
 * and never a proof for step-up or a confirmation. A device is a family of tokens: each use replaces its token, and a used one that comes again shows that the cookie was copied.
 */

/** The bearer of a trusted device for its browser's cookie. */
export type TrustedDevice = { token: string; expiresAt: Date };

/** Whether the operator lets people trust a browser. */
export const trustedDevicesOn = (): boolean => env().TRUSTED_DEVICES === "on";

const SCOPE = "trusted-device";

/** The hashes a presented token may be stored under. */
const trustedHashes = (token: string | undefined): Buffer[] =>
  token && /^[A-Za-z0-9_-]{43}$/.test(token) ? keyedHashes("token", SCOPE, token) : [];

/** Whether the account of a challenge may trust a browser, for its page. */
export async function mayBeTrusted(challengeId: string): Promise<boolean> {
  if (!trustedDevicesOn()) return false;
  const able = await sql`
    SELECT 1 FROM challenges c JOIN users u ON u.id = c.user_id WHERE c.id = ${challengeId}::uuid AND u.roles = '{}'`;
  return able.length > 0;
}

/** Sessions with these words may trust no browser: they had no second factor, or one that is used once. */
const UNFIT = ["trusted_device", "rc"];

/**
 * Trusts the browser of a session that was just opened with a second factor; null where the product or the account has no trusted devices. The
 * account keeps the ten used last. The session's row is required, so that a revocation in between leaves no trusted device.
 */
export async function trustDevice(sessionId: string, { ip, userAgent }: Requester): Promise<TrustedDevice | null> {
  if (!trustedDevicesOn()) return null;
  const token = newToken();
  return transaction(async (tx) => {
    const [account] = await tx<{ userId: string }>`
      SELECT u.id AS user_id FROM users u JOIN sessions s ON s.user_id = u.id
      WHERE s.id = ${sessionId}::uuid AND cardinality(s.amr) > 1 AND NOT s.amr && ${UNFIT}::text[] AND u.roles = '{}' AND u.disabled_at IS NULL
      FOR NO KEY UPDATE OF u`;
    if (!account) return null;
    const { userId } = account;
    const [row] = await tx<{ expiresAt: Date }>`
      WITH dropped AS (
        DELETE FROM trusted_devices WHERE id IN (
          SELECT id FROM trusted_devices WHERE user_id = ${userId}::uuid ORDER BY last_used_at DESC, created_at DESC OFFSET ${TRUSTED_DEVICE.perUser - 1}::int))
      INSERT INTO trusted_devices (token_hash, user_id, epoch, expires_at, user_agent)
      SELECT ${keyedHash("token", SCOPE, token)}, u.id, u.epoch, app_now() + make_interval(secs => ${TRUSTED_DEVICE.seconds}::int), ${userAgent.slice(0, 256)}
      FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.id = ${userId}::uuid AND s.id = ${sessionId}::uuid RETURNING expires_at`;
    if (!row) return null;
    await record(tx, { event: "device.trusted", userId, sessionId, ip, userAgent });
    return { token, expiresAt: row.expiresAt };
  });
}

/**
 * Spends the token of a trusted device of this account for the next one, in the transaction that opens its session; null where the token is none. The
 * caller holds the account's row with its epoch.
 */
export async function spendTrust(tx: Sql, userId: string, presented: string | undefined): Promise<TrustedDevice | null> {
  const hashes = trustedHashes(presented);
  if (!trustedDevicesOn() || hashes.length === 0) return null;
  const token = newToken();
  const [row] = await tx<{ expiresAt: Date }>`
    WITH live AS (
      SELECT d.id, d.token_hash FROM trusted_devices d JOIN users u ON u.id = d.user_id
      WHERE d.token_hash = ANY(${hashes}::bytea[]) AND d.user_id = ${userId}::uuid AND d.expires_at > app_now()
        AND d.epoch = u.epoch AND u.roles = '{}' FOR UPDATE OF d
    ), spent AS (
      INSERT INTO spent_trusted_devices (token_hash, device_id) SELECT token_hash, id FROM live ON CONFLICT DO NOTHING
    )
    UPDATE trusted_devices d SET token_hash = ${keyedHash("token", SCOPE, token)}, last_used_at = app_now()
    FROM live WHERE d.id = live.id AND d.token_hash = live.token_hash RETURNING d.expires_at`;
  return row ? { token, expiresAt: row.expiresAt } : null;
}

/**
 * Ends the family of a token that was used before, because its second use shows a copy, and notifies the owner. A second click of the same browser
 * within seconds ends nothing; it is asked for the second factor.
 */
export async function endCopied(userId: string, presented: string | undefined, { ip, userAgent }: Requester): Promise<void> {
  const hashes = trustedHashes(presented);
  if (hashes.length === 0) return;
  await transaction(async (tx) => {
    const [ended] = await tx<{ locale: string }>`
      WITH gone AS (
        DELETE FROM trusted_devices d USING spent_trusted_devices p
        WHERE p.device_id = d.id AND p.token_hash = ANY(${hashes}::bytea[]) AND d.user_id = ${userId}::uuid
          AND p.spent_at <= app_now() - make_interval(secs => ${TRUSTED_DEVICE.graceSeconds}::int) RETURNING d.user_id)
      SELECT u.locale FROM users u JOIN gone ON gone.user_id = u.id`;
    if (!ended) return;
    await record(tx, { event: "device.copied", userId, ip, userAgent });
    await queueNotice(tx, { userId, template: "notice.trusted_device_copied", locale: ended.locale });
  });
}

/** Ends every trusted device of an account, in the transaction of what ends them (TD-02). */
export async function endTrustedDevices(tx: Sql, userId: string): Promise<void> {
  await tx`DELETE FROM trusted_devices WHERE user_id = ${userId}::uuid`;
}

/** One trusted device of an account; times are ISO 8601. */
export type TrustedLine = { id: string; userAgent: string; trustedAt: string; lastUsedAt: string; until: string; current: boolean };

/** Lists the trusted devices of an account by the same rule as `spendTrust`, the latest used first; `presented` is this browser's own token. */
export async function listTrustedDevices(userId: string, presented?: string): Promise<TrustedLine[]> {
  const rows = await sql<{ id: string; userAgent: string | null; createdAt: Date; lastUsedAt: Date; expiresAt: Date; current: boolean }>`
    SELECT d.id, d.user_agent, d.created_at, d.last_used_at, d.expires_at, d.token_hash = ANY(${trustedHashes(presented)}::bytea[]) AS current
    FROM trusted_devices d JOIN users u ON u.id = d.user_id
    WHERE d.user_id = ${userId}::uuid AND d.expires_at > app_now() AND d.epoch = u.epoch AND u.roles = '{}' AND ${trustedDevicesOn()}::boolean
    ORDER BY d.last_used_at DESC LIMIT 100`;
  return rows.map(({ id, userAgent, createdAt, lastUsedAt, expiresAt, current }) => ({
    id,
    userAgent: userAgent ?? "",
    trustedAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    until: expiresAt.toISOString(),
    current,
  }));
}

/** Ends one trusted device of the same account by its id; false for a foreign or unknown id alike. Needs no step-up: ending protects. */
export const endTrustedDevice = (userId: string, id: string, { ip, userAgent }: Requester): Promise<boolean> =>
  transaction(async (tx) => {
    const ended = await tx`DELETE FROM trusted_devices WHERE id::text = ${id} AND user_id = ${userId}::uuid RETURNING id`;
    if (ended.length === 0) return false;
    await record(tx, { event: "device.trust_ended", userId, ip, userAgent });
    return true;
  });
