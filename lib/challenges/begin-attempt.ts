import type { Answer } from "#lib/challenges/answer";
import { challengeHashes } from "#lib/challenges/read";
import type { Channel, Purpose } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { ALL, brakeSubject, guessTake } from "#lib/limits/brakes";
import { ATTEMPTS_PER_CHALLENGE, FACTOR_FAILURES_OF_ONE_ACCOUNT, HARD_CAP, SOFT_LOCK } from "#lib/limits/policy";
import { naming } from "#lib/limits/subject";

/** An attempt that was counted and may now be evaluated: everything the evaluation needs comes from the rows. */
export type Attempt = {
  challengeId: string;
  purpose: Purpose;
  userId: string | null;
  email: string | null;
  passwordHash: string | null;
  locale: string;
  returnTo: string | null;
  attempts: number;
  currentChannel: Channel | null;
  currentPhoneId: string | null;
  sealed: string | null;
  /** The epoch of the account in which the challenge's password was proven. */
  epoch: number;
  /** The known device of the account on which the challenge was opened. */
  deviceId: string | null;
  /** The hits that count this attempt against its address until it proves right; none on a known device. */
  hitIds: string[];
  /** The consecutive six-digit failures of the account or of its known device, this attempt included; null if none are counted. */
  failures: number | null;
  /** The consecutive failures of the authenticator that is being proven, this attempt included; null where it counts none. */
  authenticatorFailures: number | null;
};

/**
 * Counts an attempt before anything is compared, in one statement with its own commit. Returns null and counts nothing if the challenge is over, is
 * not the one of the form (`drawnFor`), has locked six-digit factors, or does not offer the method of the answer.
 *
 * - The row lock of the challenge serialises 200 concurrent attempts: each increment sees the one before, five pass (OTP-04).
 * - Locks, brakes and address limits stop guesses of six digits only. A recovery code of 80 bits counts on its challenge alone, so that an attacker
 *   with the password cannot block the owner's last method (RC-04, OTP-07).
 * - A known device has its own streak and lock; all others share the account's. PostgreSQL evaluates the WHERE again after waiting for the row, so
 *   a lock set meanwhile counts.
 * - The counter of a phone has no window and finally disables it (NIST SP 800-63B-4 3.2.2).
 * - A missing counter row rejects the attempt (OTP-12).
 *
 * Lock order: challenge, account or device, phone. The locks of the address are taken before them and never after.
 */
export async function beginAttempt(token: string, { factor, way }: Answer, ip: string, drawnFor?: string): Promise<Attempt | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const name = await naming();
  const address = guessTake(name, ip);
  const six = factor === "code";
  const [attempt] = await sql<Attempt & { admitted: boolean }>`
    WITH t AS (
      SELECT c.purpose, c.user_id, d.id AS device_id, d.locked_until > app_now() AS device_locked
      FROM challenges c LEFT JOIN known_devices d ON d.id = c.device_id AND d.user_id = c.user_id AND d.expires_at > app_now()
      WHERE c.token_hash = ANY(${hashes}::bytea[])
    ), judged AS (
      SELECT j.lanes FROM t CROSS JOIN LATERAL address_lanes(${address.policy}, ${address.blocks}::bytea[], ${address.maxima}::int[], ${address.seconds}::int,
        ${address.crowdedMaxima}::int[], ${address.crowdedSeconds}::int, t.user_id, ${FACTOR_FAILURES_OF_ONE_ACCOUNT}::int) j
      WHERE ${six}::boolean AND t.device_id IS NULL
    ), stopped AS (
      SELECT 1 FROM t WHERE ${six}::boolean AND CASE WHEN t.device_id IS NOT NULL THEN t.device_locked
        ELSE EXISTS (SELECT 1 FROM judged WHERE lanes IS NULL) OR (t.purpose = 'SIGN_IN' AND EXISTS (SELECT 1 FROM brakes b
          WHERE b.name = 'second_factor' AND b.subject = ${brakeSubject(name, "second_factor", ALL)} AND b.until > app_now())) END
    ), c AS (
      UPDATE challenges SET attempts = attempts + 1
      WHERE token_hash = ANY(${hashes}::bytea[]) AND id = coalesce(${drawnFor ?? null}::uuid, id)
        AND coalesce(consumed_at, voided_at) IS NULL AND expires_at > app_now()
        AND attempts < ${ATTEMPTS_PER_CHALLENGE} AND NOT EXISTS (SELECT 1 FROM stopped)
        AND NOT EXISTS (SELECT 1 FROM users l WHERE l.id = challenges.user_id AND (l.disabled_at IS NOT NULL OR l.epoch <> challenges.epoch
          OR (${six}::boolean AND l.locked_until > app_now() AND NOT EXISTS (SELECT 1 FROM t WHERE t.device_id IS NOT NULL))))
        AND CASE WHEN ${six}::boolean
          THEN current_channel IS NOT NULL AND (${way}::text IS NULL OR (current_channel = 'EMAIL') = (${way}::text = 'email'))
            AND NOT EXISTS (SELECT 1 FROM phones d WHERE d.id = challenges.current_phone_id AND d.disabled_at IS NOT NULL)
          ELSE purpose = 'SIGN_IN' AND (${way}::text IS NOT NULL OR current_channel IS NULL)
            AND EXISTS (SELECT 1 FROM recovery_codes r WHERE r.user_id = challenges.user_id AND r.used_at IS NULL) END
      RETURNING *
    ), hit AS (
      INSERT INTO limit_hits (policy, subject, owner)
      SELECT j.lanes[o], (${address.blocks}::bytea[])[o], c.user_id FROM c, judged j, generate_subscripts(j.lanes, 1) o WHERE j.lanes[o] <> '' RETURNING id
    ), u AS (
      UPDATE users SET factor_failures = factor_failures + 1,
        locked_until = CASE WHEN (factor_failures + 1) % ${SOFT_LOCK.failures}::int = 0 THEN app_now() + make_interval(secs => ${SOFT_LOCK.seconds}::int) END
      FROM c, t WHERE ${six}::boolean AND t.device_id IS NULL AND users.id = c.user_id AND users.disabled_at IS NULL
        AND (locked_until IS NULL OR locked_until <= app_now())
      RETURNING users.id, users.factor_failures
    ), d AS (
      UPDATE known_devices SET factor_failures = known_devices.factor_failures + 1,
        locked_until = CASE WHEN (known_devices.factor_failures + 1) % ${SOFT_LOCK.failures}::int = 0 THEN app_now() + make_interval(secs => ${SOFT_LOCK.seconds}::int) END
      FROM c, t WHERE ${six}::boolean AND known_devices.id = t.device_id AND (known_devices.locked_until IS NULL OR known_devices.locked_until <= app_now())
      RETURNING known_devices.id, known_devices.factor_failures
    ), streak AS (
      SELECT factor_failures FROM u UNION ALL SELECT factor_failures FROM d
    ), p AS (
      UPDATE phones SET failures = phones.failures + 1,
        disabled_at = CASE WHEN phones.failures + 1 >= ${HARD_CAP}::int THEN coalesce(phones.disabled_at, app_now()) ELSE phones.disabled_at END
      FROM c, streak
      WHERE ${six}::boolean AND phones.id = c.current_phone_id AND phones.user_id = c.user_id AND phones.disabled_at IS NULL
      RETURNING phones.id, phones.failures
    )
    SELECT c.id AS challenge_id, c.purpose, c.user_id, c.email, c.password_hash, c.locale, c.return_to, c.attempts, c.epoch,
      c.current_channel, c.current_phone_id, k.sealed, (SELECT device_id FROM t) AS device_id, ARRAY(SELECT id::text FROM hit) AS hit_ids,
      s.factor_failures AS failures, p.failures AS authenticator_failures,
      NOT ${six}::boolean OR ((c.user_id IS NULL OR s.factor_failures IS NOT NULL) AND (c.current_phone_id IS NULL OR p.id IS NOT NULL)) AS admitted
    FROM c LEFT JOIN streak s ON true LEFT JOIN p ON p.id = c.current_phone_id
      LEFT JOIN challenge_codes k ON k.challenge_id = c.id AND k.phone_id IS NOT DISTINCT FROM c.current_phone_id AND k.expires_at > app_now()`;
  return attempt?.admitted ? attempt : null;
}
