import type { Answer } from "#lib/challenges/answer";
import { challengeHashes } from "#lib/challenges/read";
import type { Channel, Purpose } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { ALL, addressTake, brakeSubject } from "#lib/limits/brakes";
import { ATTEMPTS_PER_CHALLENGE, HARD_CAP, SOFT_LOCK } from "#lib/limits/policy";

/** An attempt that was counted and may now be evaluated: everything the evaluation needs comes from the rows. */
export type Attempt = {
  challenge_id: string;
  purpose: Purpose;
  user_id: string | null;
  email: string | null;
  password_hash: string | null;
  locale: string;
  return_to: string | null;
  attempts: number;
  current_channel: Channel | null;
  current_phone_id: string | null;
  sealed: string | null;
  /** The epoch of the account in which the challenge's password was proven. */
  epoch: number;
  /** Whether the challenge was opened on a known device of its account. */
  known: boolean;
  /** The hit that counts this attempt against its address until it was right; null on a known device. */
  hit_id: string | null;
  /** The consecutive failures of the account, this attempt included; null without an account. */
  failures: number | null;
  /** The consecutive failures of the authenticator that is being proven, this attempt included; null where it counts none. */
  authenticator_failures: number | null;
};

/**
 * Counts an attempt before anything is compared, in one statement with its own commit; null when it may not be evaluated:
 * the challenge is over, the account locked, or the answer's way is not the one that is awaited or offered. Then nothing was counted.
 *
 * - The challenge's row lock makes 200 at once come one by one: each increment sees the one before, five pass (OTP-04).
 * - The account's counter moves only with the challenge's, and a lock refuses whatever challenge it comes from (OTP-07);
 *   its WHERE is judged again after waiting for the row, so a lock set meanwhile counts.
 * - The authenticator's own counter has no window and ends in being disabled (NIST SP 800-63B-4 3.2.2).
 * - The commit is here, so that no later rollback gives a guess back (Kratos #4251, CVE-2026-35597).
 * - Guesses from one address, and all of them while the brake is on, are refused unless a known device makes them (RL-09).
 *
 * Rows are always locked in the order challenge, user, phone. The lock of the address comes before them, and nobody who holds a row asks for it.
 */
export async function beginAttempt(token: string, { factor, way }: Answer, ip: string): Promise<Attempt | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const address = addressTake(ip);
  const [attempt] = await sql<Attempt & { admitted: boolean }>`
    WITH t AS (
      SELECT c.purpose, EXISTS (SELECT 1 FROM known_devices d WHERE d.id = c.device_id AND d.expires_at > app_now()) AS known
      FROM challenges c WHERE c.token_hash = ANY(${hashes}::bytea[])
    ), braked AS (
      SELECT 1 FROM t WHERE NOT t.known AND (
        (t.purpose = 'SIGN_IN' AND EXISTS (SELECT 1 FROM brakes b WHERE b.name = 'second_factor' AND b.subject = ${brakeSubject("second_factor", ALL)} AND b.until > app_now()))
        OR limit_full(${address.policy}, ${address.subject}, ${address.max}::int, ${address.seconds}::int))
    ), c AS (
      UPDATE challenges SET attempts = attempts + 1
      WHERE token_hash = ANY(${hashes}::bytea[]) AND coalesce(consumed_at, voided_at) IS NULL AND expires_at > app_now()
        AND attempts < ${ATTEMPTS_PER_CHALLENGE} AND NOT EXISTS (SELECT 1 FROM braked)
        AND NOT EXISTS (SELECT 1 FROM users l WHERE l.id = challenges.user_id AND (l.locked_until > app_now() OR l.disabled_at IS NOT NULL OR l.epoch <> challenges.epoch
          OR (${factor === "recovery_code"}::boolean AND l.recovery_disabled_at IS NOT NULL)))
        AND CASE WHEN ${factor === "code"}::boolean
          THEN current_channel IS NOT NULL AND (${way}::text IS NULL OR (current_channel = 'EMAIL') = (${way}::text = 'email'))
            AND NOT EXISTS (SELECT 1 FROM phones d WHERE d.id = challenges.current_phone_id AND d.disabled_at IS NOT NULL)
          ELSE purpose = 'SIGN_IN' AND (${way}::text IS NOT NULL OR current_channel IS NULL)
            AND EXISTS (SELECT 1 FROM recovery_codes r WHERE r.user_id = challenges.user_id AND r.used_at IS NULL) END
      RETURNING *
    ), hit AS (
      INSERT INTO limit_hits (policy, subject) SELECT ${address.policy}, ${address.subject} FROM c, t WHERE NOT t.known RETURNING id
    ), u AS (
      UPDATE users SET factor_failures = factor_failures + 1,
        locked_until = CASE WHEN (factor_failures + 1) % ${SOFT_LOCK.failures}::int = 0 THEN app_now() + make_interval(secs => ${SOFT_LOCK.seconds}::int) END,
        recovery_failures = recovery_failures + ${factor === "recovery_code" ? 1 : 0}::int,
        recovery_disabled_at = CASE WHEN ${factor === "recovery_code"}::boolean AND recovery_failures + 1 >= ${HARD_CAP}::int
          THEN coalesce(recovery_disabled_at, app_now()) ELSE recovery_disabled_at END
      FROM c WHERE users.id = c.user_id AND (locked_until IS NULL OR locked_until <= app_now()) AND users.disabled_at IS NULL
        AND (${factor === "code"}::boolean OR users.recovery_disabled_at IS NULL)
      RETURNING users.id, users.factor_failures, users.recovery_failures
    ), p AS (
      UPDATE phones SET failures = phones.failures + 1,
        disabled_at = CASE WHEN phones.failures + 1 >= ${HARD_CAP}::int THEN coalesce(phones.disabled_at, app_now()) ELSE phones.disabled_at END
      FROM c JOIN u ON u.id = c.user_id
      WHERE ${factor === "code"}::boolean AND phones.id = c.current_phone_id AND phones.user_id = c.user_id AND phones.disabled_at IS NULL
      RETURNING phones.id, phones.failures
    )
    SELECT c.id AS challenge_id, c.purpose, c.user_id, c.email, c.password_hash, c.locale, c.return_to, c.attempts, c.epoch,
      c.current_channel, c.current_phone_id, k.sealed, (SELECT known FROM t) AS known, (SELECT id FROM hit) AS hit_id,
      u.factor_failures AS failures, CASE WHEN ${factor === "code"}::boolean THEN p.failures ELSE u.recovery_failures END AS authenticator_failures,
      (c.user_id IS NULL OR u.id IS NOT NULL)
        AND (${factor === "recovery_code"}::boolean OR c.current_phone_id IS NULL OR p.id IS NOT NULL) AS admitted
    FROM c LEFT JOIN u ON u.id = c.user_id LEFT JOIN p ON p.id = c.current_phone_id
      LEFT JOIN challenge_codes k ON k.challenge_id = c.id AND k.phone_id IS NOT DISTINCT FROM c.current_phone_id AND k.expires_at > app_now()`;
  return attempt?.admitted ? attempt : null;
}
