import { countUsage } from "#lib/console/count-usage";
import { sql } from "#lib/db/sql";

/**
 * What each of the last days was like. A job counts a day again while it goes on and while receipts can still come; the overview reads the rows.
 */

/** How many days the overview shows. */
export const FIGURE_DAYS = 28;

/** Counts one day of Japan from the log, the messages and the cases. */
const countDay = (day: string): Promise<unknown> => sql`
  INSERT INTO daily_figures (day, sign_ups, sign_ins, by_sms, by_voice, by_app, by_passkey, by_recovery_code, asked, proven, sent, delivered, undelivered, seconds,
    open_cases, refused, counted_at)
  SELECT d.day, e.sign_ups, e.sign_ins, e.by_sms, e.by_voice, e.by_app, e.by_passkey, e.by_recovery_code, f.asked, f.proven, m.sent, m.delivered, m.undelivered, m.seconds,
    c.open_cases, r.refused, app_now()
  FROM (SELECT x AS day, x::timestamp AT TIME ZONE 'Asia/Tokyo' AS begins, (x + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' AS ends FROM (VALUES (${day}::date)) v(x)) d,
    LATERAL (
      SELECT count(*) FILTER (WHERE event = 'sign_up.email_proven') AS sign_ups, count(*) FILTER (WHERE event = 'session.opened') AS sign_ins,
        count(*) FILTER (WHERE 'sms' = ANY(words)) AS by_sms, count(*) FILTER (WHERE 'tel' = ANY(words)) AS by_voice, count(*) FILTER (WHERE 'otp' = ANY(words)) AS by_app,
        count(*) FILTER (WHERE 'hwk' = ANY(words)) AS by_passkey, count(*) FILTER (WHERE 'rc' = ANY(words)) AS by_recovery_code
      FROM (SELECT event, CASE WHEN event = 'session.opened' THEN string_to_array(method, ' ') END AS words FROM audit_events
        WHERE at >= d.begins AND at < d.ends AND event IN ('sign_up.email_proven', 'session.opened')) o) e,
    LATERAL (
      SELECT count(*) FILTER (WHERE asked) AS asked, count(*) FILTER (WHERE asked AND opened) AS proven FROM (
        SELECT bool_or(event <> 'session.opened') AS asked, bool_or(event = 'session.opened') AS opened FROM audit_events
        WHERE at >= d.begins AND at < d.ends AND event IN ('sign_in.password_right', 'sign_in.federated_right', 'session.opened') AND challenge_id IS NOT NULL GROUP BY challenge_id) g) f,
    LATERAL (
      SELECT count(*) AS sent, count(*) FILTER (WHERE status = 'delivered') AS delivered, count(*) FILTER (WHERE status IN ('undelivered', 'failed')) AS undelivered,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM status_at - created_at)) FILTER (WHERE status = 'delivered') AS seconds
      FROM messages WHERE created_at >= d.begins AND created_at < d.ends AND channel <> 'EMAIL' AND tries > 0 AND template <> 'trial') m,
    LATERAL (
      SELECT count(*) AS open_cases FROM recovery_cases WHERE requested_at < d.ends AND (ended_at IS NULL OR ended_at >= d.ends)) c,
    LATERAL (
      SELECT coalesce(json_object_agg(g.event || ' ' || g.reason, g.times), '{}') AS refused FROM (
        SELECT event, reason, sum(times) AS times FROM audit_events WHERE at >= d.begins AND at < d.ends AND reason IS NOT NULL GROUP BY event, reason) g) r
  ON CONFLICT (day) DO UPDATE SET (sign_ups, sign_ins, by_sms, by_voice, by_app, by_passkey, by_recovery_code, asked, proven, sent, delivered, undelivered, seconds,
    open_cases, refused, counted_at) = ROW (EXCLUDED.sign_ups, EXCLUDED.sign_ins, EXCLUDED.by_sms, EXCLUDED.by_voice, EXCLUDED.by_app, EXCLUDED.by_passkey,
    EXCLUDED.by_recovery_code, EXCLUDED.asked, EXCLUDED.proven, EXCLUDED.sent, EXCLUDED.delivered, EXCLUDED.undelivered, EXCLUDED.seconds, EXCLUDED.open_cases,
    EXCLUDED.refused, EXCLUDED.counted_at)`;

/** How many accounts a day keeps as those that caused the most texts, and how many texts are worth a look. */
const SENDERS = { most: 50, texts: 5 } as const;

/** Notes who caused the most texts and calls of a day; in one order, so that two workers at once wait for each other and cannot deadlock. */
const noteSenders = (day: string): Promise<unknown> => sql`
  WITH most AS (
    SELECT m.user_id, count(*) AS texts FROM messages m
    WHERE m.created_at >= ${day}::date::timestamp AT TIME ZONE 'Asia/Tokyo' AND m.created_at < (${day}::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'
      AND m.channel <> 'EMAIL' AND m.tries > 0 AND m.user_id IS NOT NULL
    GROUP BY m.user_id HAVING count(*) >= ${SENDERS.texts}::int ORDER BY count(*) DESC, m.user_id LIMIT ${SENDERS.most}::int
  ), gone AS (DELETE FROM daily_senders WHERE day = ${day}::date AND user_id NOT IN (SELECT user_id FROM most))
  INSERT INTO daily_senders (day, user_id, texts) SELECT ${day}::date, user_id, texts FROM most ORDER BY user_id
  ON CONFLICT (day, user_id) DO UPDATE SET texts = EXCLUDED.texts`;

/**
 * Counts the days that are due, the latest first: one that was never counted, today every five minutes, and the days before every hour until receipts
 * are too late (72 h). True when none is left.
 */
export async function countDays(over: () => boolean = () => false): Promise<boolean> {
  const due = await sql<{ day: string }>`
    SELECT d.day::date::text AS day FROM (SELECT (app_now() AT TIME ZONE 'Asia/Tokyo')::date AS today) t
      CROSS JOIN LATERAL generate_series(t.today - ${FIGURE_DAYS - 1}::int, t.today, interval '1 day') d(day)
      LEFT JOIN daily_figures f ON f.day = d.day::date
    WHERE f.day IS NULL OR (f.counted_at < ((d.day::date + 4)::timestamp AT TIME ZONE 'Asia/Tokyo')
      AND f.counted_at < app_now() - CASE WHEN d.day::date = t.today THEN interval '5 minutes' ELSE interval '1 hour' END)
    ORDER BY d.day DESC`;
  for (const { day } of due) {
    if (over()) return false;
    await countDay(day);
    await noteSenders(day);
    await countUsage(day);
  }
  return true;
}

/** One day of the overview; `day` is a date of Japan. */
export type Figures = {
  day: string;
  signUps: number;
  signIns: number;
  bySms: number;
  byVoice: number;
  byApp: number;
  byPasskey: number;
  byRecoveryCode: number;
  asked: number;
  proven: number;
  sent: number;
  delivered: number;
  undelivered: number;
  seconds: number | null;
  openCases: number;
  /** How often each limit refused: `event reason`. */
  refused: Record<string, number>;
  countedAt: string;
};

/** The days that were counted, the oldest first. */
export const readFigures = (): Promise<Figures[]> => sql<Figures>`
  SELECT day::text AS day, sign_ups, sign_ins, by_sms, by_voice, by_app, by_passkey, by_recovery_code, asked, proven, sent, delivered, undelivered, seconds, open_cases, refused,
    to_json(counted_at)#>>'{}' AS counted_at
  FROM daily_figures WHERE day > (app_now() AT TIME ZONE 'Asia/Tokyo')::date - ${FIGURE_DAYS}::int AND day <= (app_now() AT TIME ZONE 'Asia/Tokyo')::date ORDER BY day`;
