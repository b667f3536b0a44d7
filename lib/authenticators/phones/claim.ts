import { isPastSignUp } from "#lib/authenticators/last-factor";
import { lockNumber } from "#lib/authenticators/phones/removed-phone";
import { type Claim, takeOver } from "#lib/authenticators/phones/take-over";
import { numberHashes, openNumber } from "#lib/crypto/number-seal";
import { rollback, type Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { PHONES_PER_ACCOUNT } from "#lib/limits/policy";
import { fail } from "#lib/result";

/** Two proofs of one number at once: the unique (number, slot) lets one in, the other's transaction is run again and finds no slot. */
export const SLOT_RACE = "phones_number_hash_slot_key";

type Free = { free: number | null; phones: number };

/**
 * Claims a slot of its number for a pending phone whose code was just proven. Without `adding` an account that has a factor gets no second one: a
 * sign-up left open in another browser would otherwise add one without proving the existing one (PSTN-04). The phone that it `replaces` gives its
 * place up. `recovering`: every other factor of the account goes with this proof, so that its own number is free for it and its phones are not counted.
 */
export async function claimNumber(
  tx: Sql,
  userId: string,
  phoneId: string,
  { adding = false, replaces = null, recovering = false }: { adding?: boolean; replaces?: string | null; recovering?: boolean } = {},
): Promise<Claim> {
  await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
  const [pending] = await tx<{ numberSealed: string }>`SELECT number_sealed FROM phones WHERE id = ${phoneId}::uuid`;
  // Under every configured key: a number bound before a key rotation is still held.
  const e164 = pending ? openNumber(phoneId, userId, pending.numberSealed) : null;
  const hashes = e164 ? numberHashes(e164) : [];
  await lockNumber(tx, hashes);
  if (recovering)
    await tx`
      DELETE FROM authenticators a USING phones p
      WHERE p.id = a.id AND a.user_id = ${userId}::uuid AND a.id <> ${phoneId}::uuid AND p.number_hash = ANY(${hashes}::bytea[])`;
  // A number that replaces itself is proven again (PSTN-10): its own place is free, since its phone is removed in this transaction.
  if (replaces)
    await tx`
      UPDATE phones p SET slot = NULL FROM authenticators a
      WHERE a.id = p.id AND p.id = ${replaces}::uuid AND a.user_id = ${userId}::uuid AND p.number_hash = ANY(${hashes}::bytea[])`;
  const [phone] = await readFree(tx, userId, phoneId, hashes, replaces);
  const refused = !adding && !recovering && (await isPastSignUp(tx, userId));
  if (!phone || refused || (!recovering && phone.phones >= PHONES_PER_ACCOUNT))
    return rollback(fail<Refused>({ code: "challenge_expired" }));
  let { free } = phone;
  if (free === null && e164) {
    const handed = await takeOver(tx, userId, e164);
    if (handed !== "now") return handed;
    free = (await readFree(tx, userId, phoneId, hashes, replaces))[0]?.free ?? null;
    if (free === null) return { kind: "taken" };
  }
  await tx`
    WITH claimed AS (UPDATE phones SET slot = ${free}::int WHERE id = ${phoneId}::uuid RETURNING id)
    UPDATE authenticators a SET verified_at = app_now(), last_used_at = app_now() FROM claimed WHERE a.id = claimed.id`;
  return { kind: "bound" };
}

const readFree = (tx: Sql, userId: string, phoneId: string, hashes: Buffer[], replaces: string | null): Promise<Free[]> => tx<Free>`
  SELECT (SELECT min(s.n) FROM generate_series(1, ${env().ACCOUNTS_PER_PHONE}::int) s(n)
           WHERE NOT EXISTS (SELECT 1 FROM phones o WHERE o.number_hash = ANY(${hashes}::bytea[]) AND o.slot = s.n)) AS free,
         (SELECT count(*)::int FROM account_phones o WHERE o.user_id = p.user_id AND o.verified_at IS NOT NULL AND o.id IS DISTINCT FROM ${replaces}::uuid) AS phones
  FROM account_phones p WHERE p.id = ${phoneId}::uuid AND p.user_id = ${userId}::uuid AND p.verified_at IS NULL`;
