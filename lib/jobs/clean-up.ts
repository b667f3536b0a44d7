import { composed, sql } from "#lib/db/sql";
import { dropMonths, makeMonths, tablesWithoutMonth } from "#lib/delivery/messages/months";
import { keepRehearsals } from "#lib/delivery/messages/rehearsal-rows";
import { env } from "#lib/env";
import type { Over } from "#lib/jobs/time-box";
import { settings } from "#lib/policy/settings";
import { tellUnfinished } from "#lib/purposes/challenges";

type Count = { n: number };

/**
 * Rows per statement: small enough that it commits within moments and holds its locks briefly. Rows locked by other transactions are left to the
 * next run.
 */
const BATCH = 1_000;

type Batch = () => Promise<Count[]>;

/** Deletes at most one batch of the rows that meet a condition; `key` identifies a row. */
function batchOf(table: string, key: "id" | "ctid", condition: string): Batch {
  const text = composed(`
    WITH gone AS (DELETE FROM ${table} WHERE ${key} = ANY(ARRAY(
      SELECT ${key} FROM ${table} WHERE ${condition} LIMIT $::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`);
  return () => sql<Count>(text, BATCH);
}

const older = (setting: "keepMessageDays" | "keepEventDays"): string =>
  `created_at < app_now() - make_interval(days => kept_days('${setting}'))`;
const OLD = older("keepMessageDays");
/** Old messages that belong to no month, by their table. */
const oldMessages = { messages_rest: batchOf("messages_rest", "id", OLD), messages_before: batchOf("messages_before", "id", OLD) };

const demoMessages = batchOf("demo_messages", "id", "at < app_now() - interval '7 days'");

/** Forgets the secrets of endpoints whose overlap is over; there are never more than a few endpoints. */
const endOldSecrets: Batch = async () => {
  await sql`UPDATE event_endpoints SET old_secret_sealed = NULL, old_secret_until = NULL WHERE old_secret_until <= app_now()`;
  return [{ n: 0 }];
};

/** At most one import is staged, and its rows live for a day. */
const endOldImport: Batch = async () => {
  await sql`
    UPDATE member_imports SET state = 'expired', ended_at = app_now() WHERE ended_at IS NULL AND staged_at <= app_now() - interval '24 hours'`;
  return [{ n: 0 }];
};

/** The deletes in their order, one batch each. */
const batches: readonly Batch[] = [
  batchOf("limit_hits", "id", "at < app_now() - interval '25 hours'"),
  batchOf("limit_rings", "ctid", "expires_at < app_now()"),
  batchOf("challenges", "id", "expires_at < app_now() - interval '1 day'"),
  batchOf("sessions", "id", "expires_at < app_now()"),
  // A ticket that was not used in time, and one that was spent in vain.
  batchOf("site_sessions", "id", "token_hash IS NULL AND ticket_until < app_now()"),
  batchOf("known_devices", "id", "expires_at < app_now()"),
  batchOf("notice_codes", "id", "expires_at < app_now()"),
  batchOf("reset_codes", "ctid", "expires_at < app_now()"),
  // After its codes, which name it.
  batchOf("changes", "id", "undo_until < app_now() - interval '1 day'"),
  // A number is handed over once in 180 days, so the row of a handed-over one is kept that long.
  batchOf("takeovers", "id", "created_at < app_now() - interval '181 days'"),
  batchOf("trusted_devices", "id", "expires_at < app_now()"),
  batchOf("confirmations", "id", "expires_at < app_now() - interval '1 day'"),
  batchOf("api_key_secrets", "id", "expires_at < app_now()"),
  // Its verifications name it, and go with their challenges.
  batchOf(
    "api_keys",
    "id",
    "removed_at < app_now() - interval '2 days' AND NOT EXISTS (SELECT 1 FROM verifications v WHERE v.key_id = api_keys.id)",
  ),
  // With their deliveries and attempts, whatever became of them.
  batchOf("events", "id", older("keepEventDays")),
  endOldSecrets,
  batchOf("brakes", "ctid", "until < app_now()"),
  // A send job is retried for ten hours at most; until then an ended stop still blocks the messages that were queued before it ended.
  batchOf("sending_stops", "id", "ended_at < app_now() - interval '2 days'"),
  // Entering a number again reuses its row, so an old row may belong to a code that is on its way. A number that came along was made in the
  // transaction of its account, and waits for the first sign-in.
  batchOf(
    "authenticators",
    "id",
    `kind IN ('phone', 'totp') AND verified_at IS NULL AND created_at < app_now() - interval '1 day' AND NOT EXISTS (
        SELECT 1 FROM challenges c WHERE c.user_id = authenticators.user_id AND c.current_authenticator_id = authenticators.id
          AND c.consumed_at IS NULL AND c.voided_at IS NULL AND c.expires_at > app_now())
        AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = authenticators.user_id AND u.created_at = authenticators.created_at)`,
  ),
  batchOf("openid_items", "ctid", "expires_at < app_now()"),
  // Its job has been tried for the last time long before (12 attempts, 16 hours).
  batchOf("openid_logins", "id", "session_id IS NULL AND created_at < app_now() - interval '5 days'"),
  batchOf(
    "daily_usage",
    "ctid",
    `day < (app_now() AT TIME ZONE 'Asia/Tokyo')::date - make_interval(months => coalesce(
        (SELECT (value #>> '{}')::int FROM policy_changes WHERE name = 'keepUsageMonths' ORDER BY id DESC LIMIT 1), ${settings.keepUsageMonths.initial}))`,
  ),
  batchOf("rehearsals", "id", "created_at < app_now() - interval '2 years'"),
  endOldImport,
  batchOf(
    "member_import_batches",
    "id",
    "import_id IN (SELECT id FROM member_imports WHERE state = 'expired' OR ended_at <= app_now() - interval '24 hours')",
  ),
  batchOf("member_imports", "id", "ended_at < app_now() - interval '90 days'"),
  batchOf("factor_counts", "ctid", "at < app_now() - interval '60 days'"),
  async () => (env().demo ? demoMessages() : [{ n: 0 }]),
];

/**
 * Sends due notices, keeps what became of rehearsals, makes and drops months of messages, then deletes expired rows: limits, challenges, sessions and the messages without a month; the
 * audit log is kept. Each step commits separately, so the next run continues where this one stopped; returns true when it reached the end.
 */
export async function cleanUp(over: Over = () => false): Promise<boolean> {
  await makeMonths();
  // Before the months that their messages are in.
  await keepRehearsals();
  await dropMonths();
  const old = (await tablesWithoutMonth()).map((table) => oldMessages[table]);
  const steps = [
    async () => (await tellUnfinished()) > 0,
    ...[...batches, ...old].map((batch) => async () => ((await batch())[0]?.n ?? 0) === BATCH),
  ];
  for (const step of steps)
    while (await step()) {
      if (over()) return false;
    }
  return true;
}
