import type { Answer } from "#lib/challenges/answer";
import { type Guess, type House, purposesThat, stepsFor } from "#lib/challenges/port";
import { challengeHashes } from "#lib/challenges/read";
import { sql } from "#lib/db/sql";
import { ALL, brakeSubject, guessTake } from "#lib/limits/brakes";
import { FACTOR_FAILURES_OF_ONE_ACCOUNT, GUESSES_PER_CHALLENGE, HARD_CAP, SOFT_LOCK } from "#lib/limits/policy";
import { naming } from "#lib/limits/subject";
import { channelOf } from "#lib/methods";

/** The id of no row: an answer that names none is not admitted. */
const NO_ROW = "00000000-0000-0000-0000-000000000000";

/**
 * Counts a guess before anything is compared, in one statement with its own commit. Returns null without counting if the challenge cannot take this
 * answer: it is over, another form's (`drawnFor`), locked, of another kind, or with `unsent` it has sent a message.
 *
 * - The row lock of the challenge serialises 200 concurrent guesses: each increment sees the one before, five pass (OTP-04).
 * - Locks, brakes and address limits stop answers of counted kinds only. An answer that cannot be guessed counts on its challenge alone, so that an
 *   attacker with the password cannot block the owner's last method (RC-04, OTP-07).
 * - A known device has its own streak and lock; all others share the account's. PostgreSQL evaluates the WHERE again after waiting for the row, so
 *   a lock of a parallel guess is respected, and a failure counts on the authenticator that was texted last.
 * - The counter of an authenticator has no window and finally disables it (NIST SP 800-63B-4 3.2.2).
 * - A missing counter row rejects the guess (OTP-12).
 *
 * Lock order: challenge, account or device, authenticator. The locks of the address are taken before them and never after.
 */
export async function countGuess(
  house: House,
  token: string,
  { by, readers, method, typed }: Answer,
  ip: string,
  { drawnFor, unsent = false }: { drawnFor?: string | undefined; unsent?: boolean } = {},
): Promise<Guess | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const name = await naming();
  const address = guessTake(name, ip);
  const { counted, sent, kind } = by;
  const named = by.names ? ((await by.names(typed)) ?? NO_ROW) : null;
  const mail = method === null ? null : channelOf(method) === "EMAIL";
  const accepting = stepsFor(house, readers);
  const braked = purposesThat(house, ({ afterPassword }) => afterPassword);
  const [guess] = await sql<Guess & { admitted: boolean }>`
    WITH t AS (
      SELECT c.purpose, c.user_id, d.id AS device_id, d.locked_until > app_now() AS device_locked,
        CASE WHEN NOT ${sent}::boolean THEN (
          SELECT u.id FROM usable_authenticators u WHERE u.user_id = c.user_id AND u.kind = ${kind}
            AND (${named}::uuid IS NULL OR u.id = ${named}::uuid) LIMIT 1) END AS authenticator_id
      FROM challenges c LEFT JOIN known_devices d ON d.id = c.device_id AND d.user_id = c.user_id AND d.expires_at > app_now()
      WHERE c.token_hash = ANY(${hashes}::bytea[])
    ), judged AS (
      SELECT j.lanes FROM t CROSS JOIN LATERAL address_lanes(${address.policy}, ${address.blocks}::bytea[], ${address.maxima}::int[], ${address.seconds}::int,
        ${address.crowdedMaxima}::int[], ${address.crowdedSeconds}::int, t.user_id, ${FACTOR_FAILURES_OF_ONE_ACCOUNT}::int) j
      WHERE ${counted}::boolean AND t.device_id IS NULL
    ), stopped AS (
      SELECT 1 FROM t WHERE ${counted}::boolean AND CASE WHEN t.device_id IS NOT NULL THEN t.device_locked
        ELSE EXISTS (SELECT 1 FROM judged WHERE lanes IS NULL) OR (t.purpose = ANY(${braked}::purpose[]) AND EXISTS (SELECT 1 FROM brakes b
          WHERE b.name = 'second_factor' AND b.subject = ${brakeSubject(name, "second_factor", ALL)} AND b.until > app_now())) END
    ), c AS (
      UPDATE challenges SET attempts = attempts + 1
      WHERE token_hash = ANY(${hashes}::bytea[]) AND id = coalesce(${drawnFor ?? null}::uuid, id)
        AND coalesce(consumed_at, voided_at) IS NULL AND expires_at > app_now()
        AND attempts < ${GUESSES_PER_CHALLENGE} AND NOT EXISTS (SELECT 1 FROM stopped) AND purpose || ':' || step = ANY(${accepting}::text[])
        AND NOT EXISTS (SELECT 1 FROM users l WHERE l.id = challenges.user_id AND (l.disabled_at IS NOT NULL OR l.epoch <> challenges.epoch
          OR (${counted}::boolean AND l.locked_until > app_now() AND NOT EXISTS (SELECT 1 FROM t WHERE t.device_id IS NOT NULL))))
        AND CASE WHEN ${sent}::boolean
          THEN current_channel IS NOT NULL AND (${mail}::boolean IS NULL OR (current_channel = 'EMAIL') = ${mail}::boolean)
            AND NOT EXISTS (SELECT 1 FROM authenticators d WHERE d.id = challenges.current_authenticator_id AND d.disabled_at IS NOT NULL)
          ELSE (NOT ${unsent}::boolean OR current_channel IS NULL) AND EXISTS (SELECT 1 FROM t WHERE t.authenticator_id IS NOT NULL) END
      RETURNING *
    ), proven AS (
      SELECT CASE WHEN ${sent}::boolean THEN c.current_authenticator_id ELSE t.authenticator_id END AS id FROM c, t
    ), hit AS (
      INSERT INTO limit_hits (policy, subject, owner)
      SELECT j.lanes[o], (${address.blocks}::bytea[])[o], c.user_id FROM c, judged j, generate_subscripts(j.lanes, 1) o WHERE j.lanes[o] <> '' RETURNING id
    ), u AS (
      UPDATE users SET factor_failures = factor_failures + 1,
        locked_until = CASE WHEN (factor_failures + 1) % ${SOFT_LOCK.failures}::int = 0 THEN app_now() + make_interval(secs => ${SOFT_LOCK.seconds}::int) END
      FROM c, t WHERE ${counted}::boolean AND t.device_id IS NULL AND users.id = c.user_id AND users.disabled_at IS NULL
        AND (locked_until IS NULL OR locked_until <= app_now())
      RETURNING users.id, users.factor_failures
    ), d AS (
      UPDATE known_devices SET factor_failures = known_devices.factor_failures + 1,
        locked_until = CASE WHEN (known_devices.factor_failures + 1) % ${SOFT_LOCK.failures}::int = 0 THEN app_now() + make_interval(secs => ${SOFT_LOCK.seconds}::int) END
      FROM c, t WHERE ${counted}::boolean AND known_devices.id = t.device_id AND (known_devices.locked_until IS NULL OR known_devices.locked_until <= app_now())
      RETURNING known_devices.id, known_devices.factor_failures
    ), streak AS (
      SELECT factor_failures FROM u UNION ALL SELECT factor_failures FROM d
    ), a AS (
      UPDATE authenticators SET failures = authenticators.failures + 1,
        disabled_at = CASE WHEN authenticators.failures + 1 >= ${HARD_CAP}::int THEN coalesce(authenticators.disabled_at, app_now()) ELSE authenticators.disabled_at END
      FROM c, proven, streak
      WHERE ${counted}::boolean AND authenticators.id = proven.id AND authenticators.user_id = c.user_id AND authenticators.disabled_at IS NULL
      RETURNING authenticators.id, authenticators.kind, authenticators.failures
    )
    SELECT c.id AS challenge_id, c.purpose, c.step, c.user_id, c.about_id, c.session_id, c.action, c.replaces, c.email, c.password_hash, c.locale, c.return_to, c.attempts, c.epoch, c.federated_by, c.federated_at,
      c.current_channel, p.id AS authenticator_id, CASE WHEN ${counted}::boolean THEN a.kind ELSE ${kind} END AS kind, k.sealed, t.device_id,
      ARRAY(SELECT id::text FROM hit) AS hit_ids, s.factor_failures AS failures, a.failures AS authenticator_failures,
      NOT ${counted}::boolean OR ((c.user_id IS NULL OR s.factor_failures IS NOT NULL) AND (p.id IS NULL OR a.id IS NOT NULL)) AS admitted
    FROM c CROSS JOIN t CROSS JOIN proven p LEFT JOIN streak s ON true LEFT JOIN a ON a.id = p.id
      LEFT JOIN challenge_codes k ON k.challenge_id = c.id AND k.authenticator_id IS NOT DISTINCT FROM c.current_authenticator_id AND k.expires_at > app_now()`;
  return guess?.admitted ? guess : null;
}
