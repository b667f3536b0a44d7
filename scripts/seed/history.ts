import type pg from "pg";

/** The history of a seed: messages with their attempts of 120 days, which the product keeps, and audit events of a year. All are written in the order of time. */

const DAYS = 120;

/** An account by its place: a few sign in every day, most now and then. */
const anyone = (people: number) => `1 + floor(${people} * power(random(), 3))::int`;

/** A moment of those days: evenly by days, and within a day more by day than by night. */
const moment = (share: string) => {
  const days = `(${share}) * ${DAYS}`;
  return `app_now() - interval '1 day' * (${DAYS} - (${days} + 0.11 * sin(2 * pi() * ${days})))`;
};

/** Makes the months that the product would have made in time. */
async function makePastMonths(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ month: string; first: string; last: string }>(`
    SELECT to_char(m, 'YYYY_MM') AS month, m::text AS first, (m + interval '1 month')::text AS last
    FROM generate_series(date_trunc('month', app_now() - interval '${DAYS + 1} days'), date_trunc('month', app_now()), interval '1 month') m
    WHERE NOT EXISTS (SELECT FROM message_months k WHERE k.month = to_char(m, 'YYYY_MM') OR k.month = 'before')
      AND NOT EXISTS (SELECT FROM messages_rest r WHERE r.created_at >= m AND r.created_at < m + interval '1 month')`);
  for (const { month, first, last } of rows)
    for (const table of ["messages", "delivery_attempts"]) {
      await client.query(`CREATE TABLE ${table}_${month} PARTITION OF ${table} FOR VALUES FROM ('${first}') TO ('${last}')`);
      await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table}_${month} TO sekisho_app`);
    }
}

/** Two contracts that carried the texts; they are disabled, because nothing is behind them. */
const PROVIDERS = `
  INSERT INTO provider_accounts (name, kind, price_per_segment, disabled_at) VALUES ('domestic', 'demo', 8, app_now()), ('global', 'demo', 12.4, app_now())
  ON CONFLICT (name) DO NOTHING`;

const PLAN = (people: number, messages: number) => `
  CREATE TEMP TABLE seed_plan AS
  SELECT gen_random_uuid() AS id, at, who, CASE
      WHEN r < 0.70 THEN 'code.SIGN_IN' WHEN r < 0.78 THEN 'code.BIND_PHONE' WHEN r < 0.86 THEN 'code.STEP_UP' WHEN r < 0.90 THEN 'code.RESET_PASSWORD'
      WHEN r < 0.94 THEN 'code.SIGN_UP' WHEN r < 0.985 THEN 'notice.new_device' WHEN r < 0.995 THEN 'notice.password_changed' ELSE 'notice.phone_added' END AS template,
    CASE WHEN o < 0.945 THEN 'delivered' WHEN o < 0.975 THEN 'undelivered' WHEN o < 0.995 THEN 'failed' ELSE 'sent' END AS outcome, random() AS chance, random() AS luck
  FROM (SELECT ${moment(`n::float8 / ${messages}`)} AS at, ${anyone(people)} AS who, random() AS r, random() AS o FROM generate_series(1, ${messages}) n) t`;

const MAILED = "template IN ('code.RESET_PASSWORD', 'code.SIGN_UP', 'notice.new_device', 'notice.password_changed')";

const MESSAGES = `
  INSERT INTO messages (id, user_id, authenticator_id, template, channel, country, digits, locale, to_new_number, status, reason, tries, status_at, created_at)
  SELECT s.id, p.user_id, CASE WHEN NOT mailed THEN p.phone_id END, s.template,
    (CASE WHEN mailed THEN 'EMAIL' WHEN s.chance < 0.04 THEN 'VOICE' ELSE 'SMS' END)::channel,
    CASE WHEN mailed THEN NULL WHEN s.luck < 0.98 THEN 'JP' WHEN s.luck < 0.995 THEN 'US' ELSE 'GB' END, CASE WHEN NOT mailed THEN p.digits END, 'ja',
    s.template = 'code.BIND_PHONE', s.outcome::delivery_status,
    CASE s.outcome WHEN 'undelivered' THEN CASE WHEN s.luck < 0.7 THEN 'not_reachable' WHEN s.luck < 0.9 THEN 'refused_by_subscriber' ELSE 'invalid_number' END
      WHEN 'failed' THEN CASE WHEN s.luck < 0.8 THEN 'provider_down' ELSE 'rejected' END END,
    CASE WHEN s.chance < 0.96 THEN 1 ELSE 2 END, s.at + interval '1 second' * (2 + 20 * power(s.luck, 4)), s.at
  FROM (SELECT *, ${MAILED} AS mailed FROM seed_plan) s JOIN seed_people p ON p.n = s.who ORDER BY s.at`;

const ATTEMPTS = `
  INSERT INTO delivery_attempts (message_id, message_at, provider, account_id, provider_ref, status, reason, started_at, status_at, ended_at, segments, price, carrier)
  SELECT s.id, s.at, a.provider, a.account, gen_random_uuid()::text, a.status::delivery_status, a.reason, a.at, a.at + interval '1 second' * (1 + 20 * power(s.luck, 4)),
    a.at + interval '1 second', CASE WHEN s.mailed OR s.chance < 0.04 THEN NULL ELSE 1 END, a.price,
    CASE WHEN s.mailed OR a.status <> 'delivered' THEN NULL WHEN s.luck < 0.4 THEN 'docomo' WHEN s.luck < 0.68 THEN 'au' WHEN s.luck < 0.88 THEN 'softbank' ELSE 'rakuten' END
  FROM (SELECT *, ${MAILED} AS mailed FROM seed_plan) s CROSS JOIN LATERAL (
    SELECT 'demo-mail' AS provider, NULL::uuid AS account, NULL::numeric AS price, s.outcome AS status, NULL AS reason, s.at + interval '0.2 seconds' AS at WHERE s.mailed
    UNION ALL SELECT p.name, p.id, p.price_per_segment, CASE WHEN s.chance < 0.96 THEN s.outcome ELSE 'failed' END,
      CASE WHEN s.chance >= 0.96 THEN 'provider_down' WHEN s.outcome = 'undelivered' THEN 'not_reachable' END, s.at + interval '0.2 seconds'
      FROM provider_accounts p WHERE NOT s.mailed AND p.name = 'domestic'
    UNION ALL SELECT p.name, p.id, p.price_per_segment, s.outcome, NULL, s.at + interval '2 seconds'
      FROM provider_accounts p WHERE NOT s.mailed AND s.chance >= 0.96 AND p.name = 'global') a
  ORDER BY s.at`;

const ADDRESS = "'198.51.' || floor(100 * power(random(), 2))::int || '.' || floor(random() * 254)::int";
const AGENT =
  "CASE WHEN random() < 0.6 THEN 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1' ELSE 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/143.0 Safari/537.36' END";

/** What the log says: of every account its beginnings, of every code its right password, of most a session, of the months before the same more thinly, and refusals. */
const EVENTS = (people: number, messages: number) => `
  INSERT INTO audit_events (at, event, subject, method, ip, user_agent, reason, times)
  SELECT at, event, subject, method, ip, agent, reason, times FROM (
    SELECT p.created_at AS at, 'sign_up.email_proven' AS event, p.subject, NULL AS method, ${ADDRESS} AS ip, ${AGENT} AS agent, NULL AS reason, 1 AS times FROM seed_people p
    UNION ALL SELECT p.created_at + interval '2 minutes', 'phone.bound', p.subject, 'sms', ${ADDRESS}, ${AGENT}, NULL, 1 FROM seed_people p
    UNION ALL SELECT s.at, 'sign_in.password_right', p.subject, NULL, ${ADDRESS}, ${AGENT}, NULL, 1 FROM seed_plan s JOIN seed_people p ON p.n = s.who WHERE s.template = 'code.SIGN_IN'
    UNION ALL SELECT s.at + interval '20 seconds', 'session.opened', p.subject, 'pwd sms', ${ADDRESS}, ${AGENT}, NULL, 1
      FROM seed_plan s JOIN seed_people p ON p.n = s.who WHERE s.template = 'code.SIGN_IN' AND s.outcome = 'delivered' AND s.luck < 0.4
    UNION ALL SELECT app_now() - interval '1 day' * (${DAYS} + random() * ${365 - DAYS}), 'session.opened', p.subject, 'pwd sms', ${ADDRESS}, ${AGENT}, NULL, 1
      FROM (SELECT ${anyone(people)} AS who FROM generate_series(1, ${messages} / 5)) o JOIN seed_people p ON p.n = o.who
    UNION ALL SELECT app_now() - interval '365 days' * random(), 'sign_in.refused', NULL, NULL, ${ADDRESS}, NULL, 'password_failures_per_ip', 1 + floor(random() * 30)::int
      FROM generate_series(1, ${messages} / 50)
    UNION ALL SELECT app_now() - interval '365 days' * random(), 'account.suspended', p.subject, 'staff:' || b.subject || ' (seed)', '203.0.113.9', ${AGENT}, NULL, 1
      FROM (SELECT ${anyone(people)} AS who FROM generate_series(1, greatest(10, ${people} / 500))) o JOIN seed_people p ON p.n = o.who JOIN seed_people b ON b.n = 1) t
  ORDER BY at`;

const CASES = (people: number) => `
  INSERT INTO recovery_cases (reference, user_id, state, reason, ip, user_agent, requested_at, proven_at, reviewed_at, approved_at, wait_seconds, ready_at, expires_at, ended_at)
  SELECT 'R-' || upper(translate(substr(md5(random()::text), 1, 8), 'ilou', 'xyzw')), user_id, state, (ARRAY['lost','stolen','new_contract'])[1 + n % 3], '198.51.100.1', 'seed', at, at,
    CASE WHEN state <> 'requested' THEN at + interval '3 hours' END, CASE WHEN state IN ('waiting', 'done') THEN at + interval '5 hours' END,
    CASE WHEN state IN ('waiting', 'done') THEN 86400 END, CASE WHEN state IN ('waiting', 'done') THEN at + interval '29 hours' END, at + interval '14 days',
    CASE WHEN state IN ('done', 'rejected') THEN at + interval '2 days' END
  FROM (SELECT p.*, CASE WHEN n % 20 = 0 THEN 'requested' WHEN n % 20 = 1 THEN 'reviewed' WHEN n % 20 = 2 THEN 'waiting' WHEN n % 4 = 3 THEN 'rejected' ELSE 'done' END AS state,
      CASE WHEN n % 20 < 3 THEN app_now() - interval '1 day' * random() ELSE app_now() - interval '3 days' - interval '300 days' * random() END AS at
    FROM seed_people p WHERE n <= least(2000, greatest(20, ${people} / 500))) c`;

/** Writes messages, attempts, events and cases; `tell` hears of each step. */
export async function fillHistory(client: pg.Client, people: number, messages: number, tell: (step: string) => void): Promise<void> {
  await makePastMonths(client);
  await client.query(PROVIDERS);
  await client.query(PLAN(people, messages));
  await client.query("ANALYZE seed_plan");
  tell("a plan of the messages");
  await client.query(MESSAGES);
  tell("messages");
  await client.query(ATTEMPTS);
  tell("attempts");
  // The queue of the sealing job is written in one statement instead of by a trigger for each row.
  await client.query("ALTER TABLE audit_events DISABLE TRIGGER audit_queue_for_seal");
  const { rows } = await client.query<{ last: string }>("SELECT coalesce(max(id), 0) AS last FROM audit_events");
  await client.query(EVENTS(people, messages));
  await client.query("INSERT INTO audit_unsealed SELECT id FROM audit_events WHERE id > $1", [rows[0]?.last ?? "0"]);
  await client.query("ALTER TABLE audit_events ENABLE TRIGGER audit_queue_for_seal");
  tell("audit events");
  await client.query(CASES(people));
}
