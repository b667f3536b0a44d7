import { keyedHash, keyedHashes } from "#lib/crypto/hash";
import type { Place } from "#lib/crypto/hasher-line";
import { verifySecret } from "#lib/crypto/password-hash";
import { type Sql, sql } from "#lib/db/sql";

/** The first four characters select one row by keyed hash; the whole code is judged by its own argon2id hash. */
const scope = (userId: string) => `recovery/${userId}`;

/** The stored selector of a code (16 characters without separators). */
export const selectorOf = (userId: string, code: string): Buffer => keyedHash("index", scope(userId), code.slice(0, 4));

/** The id of the unused recovery code that was typed, or null; costs one hash whatever is typed (RC-04). */
export async function findRecoveryCode(userId: string, code: string, place: Place): Promise<string | null> {
  const selectors = keyedHashes("index", scope(userId), code.slice(0, 4));
  const [row] = await sql<{ id: string; hash: string }>`
    SELECT id, hash FROM usable_recovery_codes WHERE user_id = ${userId}::uuid AND selector = ANY(${selectors}::bytea[])`;
  return (await verifySecret(row?.hash ?? null, code, place)) ? (row?.id ?? null) : null;
}

/** Uses a code once; false when another request used it first, or ended its set (RC-02, RC-03). */
export async function spendRecoveryCode(tx: Sql, userId: string, id: string): Promise<boolean> {
  const used = await tx`
    UPDATE recovery_codes r SET used_at = app_now() FROM authenticators a
    WHERE r.id = ${id}::uuid AND a.id = r.set_id AND a.user_id = ${userId}::uuid AND r.used_at IS NULL
      AND a.verified_at IS NOT NULL AND a.disabled_at IS NULL RETURNING r.id`;
  return used.length === 1;
}
