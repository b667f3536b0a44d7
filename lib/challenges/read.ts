import { type ChallengeState, type ChallengeView, stateOf } from "#lib/challenges/challenge";
import { type ViewRow, viewOf, whoseOf } from "#lib/challenges/view";
import { keyedHashes } from "#lib/crypto/hash";
import { type Sql, sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Whose } from "#lib/words/whose";

/** A challenge as stored, with what its view needs. */
export type ChallengeRow = ViewRow & {
  id: string;
  locale: string;
  returnTo: string | null;
  currentPhoneId: string | null;
  /** The known device on which it was opened. */
  deviceId: string | null;
  consumedAt: Date | null;
  voidedAt: Date | null;
};

/** The hashes a presented challenge token may be stored under. */
export const challengeHashes = (token: string): Buffer[] =>
  /^[A-Za-z0-9_-]{43}$/.test(token) ? keyedHashes("token", "challenge", token) : [];

/**
 * Reads the challenge of a token with all data of its view in one statement; null if there is none. LIMIT 10 tells the planner the size of a set of
 * recovery codes; without statistics it would assume a thousand.
 */
export async function loadChallenge(token: string, tx: Sql = sql): Promise<ChallengeRow | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await tx<ChallengeRow>`
    SELECT c.*, coalesce(c.voided_at, CASE WHEN c.epoch <> u.epoch THEN app_now() END) AS voided_at, app_now() AS now, u.email AS account_email,
      (SELECT k.expires_at FROM challenge_codes k
        WHERE k.challenge_id = c.id AND k.phone_id IS NOT DISTINCT FROM c.current_phone_id) AS code_expires_at,
      coalesce((SELECT json_agg(json_build_object('id', p.id, 'sealed', p.number_sealed, 'voiceOnly', p.voice_only, 'calls', calls_carried(p.country, ${env().demo}),
          'stopped', stopped_ways(p.country, ${env().demo})) ORDER BY p.created_at)
        FROM phones p WHERE p.user_id = c.user_id AND p.disabled_at IS NULL
          AND CASE WHEN c.purpose = 'BIND_PHONE' THEN p.id = c.current_phone_id ELSE p.verified_at IS NOT NULL END), '[]') AS phones,
      (SELECT count(*)::int FROM (SELECT FROM usable_recovery_codes r WHERE r.user_id = c.user_id LIMIT 10) r) AS recovery_left,
      (c.purpose = 'SIGN_UP' AND sending_stopped('EMAIL', NULL, NULL, 'infinity')) AS mail_stopped,
      coalesce((SELECT json_agg(s) FROM (
        SELECT channel, count(*)::int AS sends, max(created_at) AS last FROM messages WHERE challenge_id = c.id AND NOT (status = 'failed' AND (until IS NOT NULL OR reason = 'sending_stopped')) GROUP BY channel) s), '[]') AS sent,
      (SELECT row_to_json(m) FROM (
        SELECT n.channel, n.phone_id AS "phoneId", n.status, n.reason, n.status_at AS "statusAt", n.until,
          (SELECT p.sender FROM delivery_attempts a JOIN provider_accounts p ON p.id = a.account_id WHERE a.message_id = n.id ORDER BY a.started_at DESC LIMIT 1) AS sender
        FROM messages n WHERE n.challenge_id = c.id ORDER BY n.created_at DESC LIMIT 1) m) AS last
    FROM challenges c LEFT JOIN users u ON u.id = c.user_id
    WHERE c.token_hash = ANY(${hashes}::bytea[])`;
  return row ?? null;
}

/** The state of a stored challenge at the moment it was read. */
export const stateOfRow = (row: ChallengeRow): ChallengeState =>
  stateOf({ attempts: row.attempts, expiresAt: row.expiresAt, consumedAt: row.consumedAt, voidedAt: row.voidedAt }, row.now);

/** Tells whether a form belongs to another challenge than this row; a request without a form name (the JSON API) always matches. */
export const isOfAnother = (row: Pick<ChallengeRow, "id"> | null, drawnFor: string | undefined): boolean =>
  drawnFor !== undefined && row?.id !== drawnFor;

/** The id of a token's challenge, whatever its state; null when there is none. */
export async function challengeIdOf(token: string): Promise<string | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await sql<{ id: string }>`SELECT id FROM challenges WHERE token_hash = ANY(${hashes}::bytea[])`;
  return row?.id ?? null;
}

/** Reads a challenge in the form that its pages need. */
export type ReadChallenge = { id: string; view: ChallengeView; state: ChallengeState; returnTo: string | null; whose: Whose };

/** The view and state of a token's challenge; null when there is none or it was consumed. */
export async function readChallenge(token: string): Promise<ReadChallenge | null> {
  const row = await loadChallenge(token);
  if (!row || row.consumedAt) return null;
  return { id: row.id, view: viewOf(row), state: stateOfRow(row), returnTo: row.returnTo, whose: whoseOf(row) };
}
