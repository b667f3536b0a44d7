import { numberHashes, openNumber } from "#lib/crypto/number-seal";
import { rollback, type Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { fail } from "#lib/result";

/** Two proofs of one number at once: the unique (number, slot) lets one in, the other's transaction is run again and finds no slot. */
export const SLOT_RACE = "phones_number_hash_slot_key";

/**
 * Claims a slot of its number for a pending phone whose code was just proven: `bound`, or `taken` when
 * ACCOUNTS_PER_PHONE accounts hold the number already. An account with a bound phone gets no second one this way:
 * a sign-up left open in another browser would otherwise add a factor without proving the existing one (PSTN-04).
 */
export async function claimNumber(tx: Sql, userId: string, phoneId: string): Promise<"bound" | "taken"> {
  await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
  const [pending] = await tx<{ numberSealed: string }>`SELECT number_sealed FROM phones WHERE id = ${phoneId}::uuid`;
  // Under every configured key: a number bound before a key rotation is still held.
  const hashes = pending ? numberHashes(openNumber(phoneId, userId, pending.numberSealed)) : [];
  // The unique index decides between concurrent proofs only if both use one key; this lock also serves during a key rotation.
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`number/${hashes[0]?.toString("hex")}`}, 0))`;
  const [phone] = await tx<{ free: number | null; bound: boolean }>`
    SELECT (SELECT min(s.n) FROM generate_series(1, ${env().ACCOUNTS_PER_PHONE}::int) s(n)
             WHERE NOT EXISTS (SELECT 1 FROM phones o WHERE o.number_hash = ANY(${hashes}::bytea[]) AND o.slot = s.n)) AS free,
           EXISTS (SELECT 1 FROM account_phones o WHERE o.user_id = p.user_id AND o.verified_at IS NOT NULL) AS bound
    FROM account_phones p WHERE p.id = ${phoneId}::uuid AND p.user_id = ${userId}::uuid AND p.verified_at IS NULL`;
  if (!phone || phone.bound) return rollback(fail<Refused>({ code: "challenge_expired" }));
  if (phone.free === null) return "taken";
  await tx`
    WITH claimed AS (UPDATE phones SET slot = ${phone.free}::int WHERE id = ${phoneId}::uuid RETURNING id)
    UPDATE authenticators a SET verified_at = app_now(), last_used_at = app_now() FROM claimed WHERE a.id = claimed.id`;
  return "bound";
}
