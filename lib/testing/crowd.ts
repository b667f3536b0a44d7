/** Builds the statements that fill every table with the rows of a site with this many accounts, for a login that may skip triggers. Tests only. */

const ID = "lpad(to_hex(n), 32, '0')::uuid";

/** Only the first ten rows have a value, to simulate a column that is rarely used. */
const ofTen = (value: string) => `CASE WHEN n <= 10 THEN ${value} END`;
const ofAll = (value: string) => value;

function rows(some: (value: string) => string): Record<string, string> {
  const key = "sha256(n::text::bytea)";
  return {
    users: `(id, email, password_hash, locale, created_at) SELECT ${ID}, 'crowd-' || n || '@example.jp', 'x', 'ja', now()`,
    authenticators: `(id, user_id, kind, verified_at, created_at) SELECT ${ID}, ${ID}, 'phone', ${some("now()")}, now()`,
    phones: `(id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version)
      SELECT ${ID}, 'x', ${key}, ${some("1")}, 'JP', 'SMS', now(), 1`,
    recovery_code_sets: `(id, sealed) SELECT ${ID}, ${some("'x'")}`,
    recovery_codes: `(id, set_id, selector, hash, created_at) SELECT ${ID}, ${ID}, ${key}, 'x', now()`,
    challenges: `(id, token_hash, purpose, user_id, email, locale, current_channel, current_authenticator_id, device_id, consumed_at, created_at, expires_at)
      SELECT ${ID}, ${key}, 'SIGN_IN', ${some(ID)}, ${some("'crowd-' || n || '@example.jp'")}, 'ja', 'SMS', ${some(ID)}, ${some(ID)}, ${some("now()")},
        now(), now() + interval '1 hour'`,
    challenge_codes: `(id, challenge_id, authenticator_id, sealed, expires_at) SELECT ${ID}, ${ID}, ${some(ID)}, 'x', now()`,
    messages: `(id, challenge_id, user_id, authenticator_id, template, channel, locale, status, status_at, created_at)
      SELECT ${ID}, ${some(ID)}, ${some(ID)}, ${some(ID)}, 'code.SIGN_IN', 'SMS', 'ja', 'delivered', now(), now()`,
    delivery_attempts: `(id, message_id, message_at, provider, account_id, provider_ref, status, started_at, status_at, ended_at)
      SELECT ${ID}, ${ID}, now(), 'demo', ${some("(SELECT id FROM provider_accounts WHERE name = 'demo')")}, ${some("n::text")}, 'delivered', now(), now(), ${some("now()")}`,
    sessions: `(id, token_hash, user_id, challenge_id, amr, authenticated_at, last_seen_at, expires_at)
      SELECT ${ID}, ${key}, ${ID}, ${some(ID)}, '{pwd,sms}', now(), now(), now() + interval '1 hour'`,
    site_sessions: `(id, site_id, session_id, ticket_hash, ticket_until, browser_hash, token_hash)
      SELECT ${ID}, ${ID}, ${ID}, ${some(key)}, now(), 'x', ${some(key)}`,
    known_devices: `(id, token_hash, user_id, created_at, last_used_at, expires_at) SELECT ${ID}, ${key}, ${ID}, now(), now(), now() + interval '1 hour'`,
    limit_hits: `(policy, subject, owner, at) SELECT 'sends_per_phone', ${key}, ${some(ID)}, now()`,
    audit_events: `(at, event, subject, challenge_id, session_id, ip) SELECT now(), 'session.opened', ${some(ID)}, ${some(ID)}, ${some(ID)}, '192.0.2.1'`,
    demo_messages: `(id, to_hash, channel, sealed, status, receipt_at, at) SELECT ${ID}, ${key}, 'SMS', 'x', 'delivered', ${some("now() + interval '1 day'")}, now()`,
  };
}

/** Returns the statements in order, for this many accounts; `hardly` leaves every nullable column NULL in all rows but ten. */
export const crowd = (accounts: number, { hardly = false } = {}): string[] => {
  const tables = rows(hardly ? ofTen : ofAll);
  return [
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    `TRUNCATE ${Object.keys(tables).join(", ")}, audit_unsealed CASCADE`,
    ...Object.entries(tables).map(([table, insert]) => `INSERT INTO ${table} ${insert} FROM generate_series(1, ${accounts}) n`),
  ];
};
