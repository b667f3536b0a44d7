import { record } from "#lib/audit/record";
import { sql, transaction } from "#lib/db/sql";
import type { Requester } from "#lib/requester";
import { deviceHashes } from "#lib/sessions/known-device";

/** One browser that an account signed in on; times are ISO 8601. */
export type DeviceLine = { id: string; current: boolean; userAgent: string | null; firstSeenAt: string; lastUsedAt: string };

/** Lists the known devices of an account, the last used first; `current` is the one whose token the browser presents. */
export async function listDevices(userId: string, presented: string | undefined): Promise<DeviceLine[]> {
  const rows = await sql<{ id: string; current: boolean; userAgent: string | null; createdAt: Date; lastUsedAt: Date }>`
    SELECT id, token_hash = ANY(${deviceHashes(presented)}::bytea[]) AS current, user_agent, created_at, last_used_at FROM known_devices
    WHERE user_id = ${userId}::uuid AND expires_at > app_now() ORDER BY last_used_at DESC LIMIT 100`;
  return rows.map(({ createdAt, lastUsedAt, ...row }) => ({
    ...row,
    firstSeenAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
  }));
}

/** Forgets one known device of an account, or all of them (`id` null); returns how many. It ends no session and needs no step-up, because it only protects. */
export async function forgetDevices(userId: string, id: string | null, requester: Requester): Promise<number> {
  return transaction(async (tx) => {
    const gone = await tx`DELETE FROM known_devices WHERE user_id = ${userId}::uuid AND id::text = coalesce(${id}, id::text) RETURNING id`;
    if (gone.length > 0) await record(tx, { event: "device.forgotten", userId, ...requester });
    return gone.length;
  });
}
