import { keyedHash } from "#lib/crypto/hash";
import { sql, transaction } from "#lib/db/sql";
import { passwordWait, policies } from "#lib/limits/policy";
import { type Refusal, takeLimits } from "#lib/limits/take";

const POLICY = "password_failures";

/** Counts for an identifier the same way whether it belongs to an account or not, so that a refusal tells nothing. */
const accountHash = (identifier: string) => keyedHash("index", `limit/${POLICY}`, identifier);

/** A counted attempt whose hit goes back when the password was right. */
export type PasswordAttempt = { identifier: string; ip: string };

/**
 * Counts one password attempt against the identifier and the address before it is evaluated; returns the refusal, or null to go on.
 * Ten failures in a row make the identifier wait 15 minutes, each further ten twice as long. Touches neither the second factor nor recovery (RL-06).
 */
export async function beginPasswordAttempt(attempt: PasswordAttempt): Promise<Refusal | null> {
  const subject = accountHash(attempt.identifier);
  return transaction(async (tx) => {
    const refusal = await takeLimits(tx, [{ policy: policies.passwordFailuresPerIp, subject: attempt.ip }]);
    if (refusal) return refusal;
    // The lock makes read and insert one step: two hundred at once are counted one after the other.
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`${POLICY}:${subject.toString("hex")}`}, 0))`;
    const [seen] = await tx<{ failures: number; since: number | null }>`
      SELECT count(*)::int AS failures, extract(epoch FROM app_now() - max(at))::float AS since
      FROM limit_hits WHERE policy = ${POLICY} AND subject = ${subject} AND at > app_now() - interval '24 hours'`;
    const wait = passwordWait(seen?.failures ?? 0) - (seen?.since ?? 0);
    if (seen && seen.failures > 0 && seen.failures % 10 === 0 && wait > 0) return { policy: POLICY, retryAfter: Math.ceil(wait) };
    await tx`INSERT INTO limit_hits (policy, subject) VALUES (${POLICY}, ${subject})`;
    return null;
  });
}

/**
 * A right password: the account's failures are cleared, and the attempt itself no longer counts against the address.
 * Hits of one address are alike, so any will do; passing over locked ones, two at once give back two and not one twice.
 */
export async function passwordWasRight(attempt: PasswordAttempt): Promise<void> {
  const ip = keyedHash("index", `limit/${policies.passwordFailuresPerIp.name}`, attempt.ip);
  await sql`
    WITH cleared AS (DELETE FROM limit_hits WHERE policy = ${POLICY} AND subject = ${accountHash(attempt.identifier)})
    DELETE FROM limit_hits WHERE id = (
      SELECT id FROM limit_hits WHERE policy = ${policies.passwordFailuresPerIp.name} AND subject = ${ip} ORDER BY at DESC LIMIT 1
      FOR UPDATE SKIP LOCKED)`;
}
