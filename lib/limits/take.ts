import { keyedHash } from "#lib/crypto/hash";
import type { Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { type Policy, policies, UNPROVEN } from "#lib/limits/policy";

/** One thing to count: a policy, whom it is counted against (canonical identifier), and the account that may give it back. */
export type Take = {
  policy: Policy;
  subject: string;
  owner?: string | null;
  /** Only the owner's own hits can refuse it: what strangers did to the same subject cannot (RL-06). */
  ownOnly?: boolean;
};

/** Which limit refused, and for how many seconds. */
export type Refusal = { policy: string; retryAfter: number };

/** Identifiers of a limit are stored as keyed hashes: an address or a number is not readable in the table. */
const subjectHash = (take: Take) => keyedHash("index", `limit/${take.policy.name}`, take.subject);

/**
 * Counts one hit on every given limit, or none: the first that is full refuses all (null: all taken).
 * Atomic over all processes. Its locks last until the transaction ends; a row of a challenge is locked before them, never after.
 */
export async function takeLimits(tx: Sql, takes: Take[]): Promise<Refusal | null> {
  const rows = takes
    .filter((take) => !(take.policy.bench && env().SEKISHO_LIMITS === "bench"))
    .flatMap((take) => take.policy.windows.map((window) => ({ take, window, hash: subjectHash(take) })));
  if (rows.length === 0) return null;
  const [refused] = await tx<{ refused_policy: string; retry_after: number }>`
    SELECT * FROM take_limits(
      ${rows.map((row) => row.take.policy.name)}::text[], ${rows.map((row) => row.hash)}::bytea[],
      ${rows.map((row) => row.take.owner ?? null)}::uuid[],
      ${rows.map((row) => row.window.max)}::int[], ${rows.map((row) => row.window.seconds)}::int[],
      ${rows.map((row) => row.take.ownOnly ?? false)}::boolean[])`;
  return refused ? { policy: refused.refused_policy, retryAfter: refused.retry_after } : null;
}

/** Whether anything was counted against a subject within so many seconds. */
export async function wasHitSince(tx: Sql, take: Take, seconds: number): Promise<boolean> {
  const hits = await tx`
    SELECT 1 FROM limit_hits WHERE policy = ${take.policy.name} AND subject = ${subjectHash(take)} AND at > app_now() - make_interval(secs => ${seconds}::int) LIMIT 1`;
  return hits.length > 0;
}

/** Gives one hit back: what it counted was right. */
export async function giveBackHit(tx: Sql, hitId: string | null): Promise<void> {
  if (hitId) await tx`DELETE FROM limit_hits WHERE id = ${hitId}::bigint`;
}

/** Gives an account's share of unproven sends back after a successful verification (SENDS_PER_PHONE, SENDS_PER_ACCOUNT), and one hit by its id. */
export async function giveBackSends(tx: Sql, userId: string, hitId: string | null = null): Promise<void> {
  await tx`DELETE FROM limit_hits WHERE id = ${hitId}::bigint OR (owner = ${userId}::uuid AND policy = ANY(${[...UNPROVEN]}::text[]))`;
}

/** Leaves what was sent to the number an account gave up counted against that number: a later success proves another one. */
export async function keepSends(tx: Sql, userId: string): Promise<void> {
  await tx`
    UPDATE limit_hits SET owner = NULL
    WHERE owner = ${userId}::uuid AND policy = ANY(${UNPROVEN.filter((name) => name !== policies.sendsPerAccount.name)}::text[])`;
}
