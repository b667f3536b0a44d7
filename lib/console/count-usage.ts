import { WAIT_BOUNDS } from "#lib/costs/waits";
import { sql } from "#lib/db/sql";

/** Texts and calls of a day by everything that the page of usage asks for. */

/**
 * Counts the hand-overs of one day of Japan. A challenge is deleted after a day, so that what was verified stays as the day itself counted it; the
 * rows are written in one order, so that two workers at once wait for each other and cannot deadlock.
 */
export const countUsage = (day: string): Promise<unknown> => sql`
  WITH handed AS (
    SELECT m.channel, a.provider, coalesce(m.country, '') AS country, coalesce(a.carrier, '') AS carrier, m.template AS purpose, a.status AS result, a.price,
      coalesce(a.segments, 1) AS segments,
      CASE WHEN a.status = 'delivered' THEN width_bucket(extract(epoch FROM a.status_at - a.started_at)::float8, ${[...WAIT_BOUNDS]}::float8[]) END AS span,
      a.status <> 'failed' AND c.consumed_at IS NOT NULL AND c.current_authenticator_id = m.authenticator_id AND c.current_channel = m.channel
        AND NOT EXISTS (SELECT 1 FROM messages n WHERE n.challenge_id = m.challenge_id AND n.created_at > m.created_at)
        AND NOT EXISTS (SELECT 1 FROM delivery_attempts b WHERE b.message_id = a.message_id AND b.message_at = a.message_at AND b.started_at > a.started_at) AS verified
    FROM messages m JOIN delivery_attempts a ON a.message_id = m.id AND a.message_at = m.created_at LEFT JOIN challenges c ON c.id = m.challenge_id
    WHERE m.created_at >= ${day}::date::timestamp AT TIME ZONE 'Asia/Tokyo' AND m.created_at < (${day}::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
      AND m.channel <> 'EMAIL'
  ), spans AS (
    SELECT channel, provider, country, carrier, purpose, result, span, count(*) AS count, count(*) FILTER (WHERE verified) AS verified, sum(segments) AS segments,
      coalesce(sum(price * segments) FILTER (WHERE result <> 'failed'), 0) AS yen, count(*) FILTER (WHERE result <> 'failed' AND price IS NULL) AS unpriced
    FROM handed GROUP BY channel, provider, country, carrier, purpose, result, span
  ), counted AS (
    SELECT channel, provider, country, carrier, purpose, result, sum(count)::int AS count, sum(verified)::int AS verified, sum(segments)::int AS segments, sum(yen) AS yen,
      sum(unpriced)::int AS unpriced, coalesce(jsonb_object_agg(span, count) FILTER (WHERE span IS NOT NULL), '{}') AS waits
    FROM spans GROUP BY channel, provider, country, carrier, purpose, result
  ), gone AS (
    DELETE FROM daily_usage u WHERE day = ${day}::date AND NOT EXISTS (SELECT 1 FROM counted c
      WHERE (c.channel, c.provider, c.country, c.carrier, c.purpose, c.result) = (u.channel, u.provider, u.country, u.carrier, u.purpose, u.result)))
  INSERT INTO daily_usage AS u (day, channel, provider, country, carrier, purpose, result, count, verified, segments, yen, unpriced, waits)
  SELECT ${day}::date, channel, provider, country, carrier, purpose, result, count, verified, segments, yen, unpriced, waits FROM counted
  ORDER BY channel, provider, country, carrier, purpose, result
  ON CONFLICT (day, channel, provider, country, carrier, purpose, result) DO UPDATE SET count = EXCLUDED.count, segments = EXCLUDED.segments, yen = EXCLUDED.yen,
    unpriced = EXCLUDED.unpriced, waits = EXCLUDED.waits, verified = least(EXCLUDED.count, greatest(u.verified, EXCLUDED.verified))`;
