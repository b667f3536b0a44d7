import { tellUnfinished } from "#lib/challenges/unfinished";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Over } from "#lib/jobs/time-box";

type Count = { n: number };

/** Rows of one statement: it commits within moments and holds its locks no longer. A row that is in use is left to the next run. */
const BATCH = 1_000;

/** What deletes one batch, and returns how many rows it was. */
const batches: readonly (() => Promise<Count[]>)[] = [
  () => sql`
    WITH gone AS (DELETE FROM limit_hits WHERE id = ANY(ARRAY(
      SELECT id FROM limit_hits WHERE at < app_now() - interval '25 hours' LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
  () => sql`
    WITH gone AS (DELETE FROM limit_rings WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM limit_rings WHERE expires_at < app_now() LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
  () => sql`
    WITH gone AS (DELETE FROM challenges WHERE id = ANY(ARRAY(
      SELECT id FROM challenges WHERE expires_at < app_now() - interval '1 day' LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
  () => sql`
    WITH gone AS (DELETE FROM sessions WHERE id = ANY(ARRAY(
      SELECT id FROM sessions WHERE expires_at < app_now() LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
  () => sql`
    WITH gone AS (DELETE FROM known_devices WHERE id = ANY(ARRAY(
      SELECT id FROM known_devices WHERE expires_at < app_now() LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
  () => sql`
    WITH gone AS (DELETE FROM brakes WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM brakes WHERE until < app_now() LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
  // A send job is tried again for ten hours at most; until then an ended stop keeps back what was queued before its end.
  () =>
    sql`WITH gone AS (DELETE FROM sending_stops WHERE ended_at < app_now() - interval '2 days' RETURNING 1) SELECT count(*)::int AS n FROM gone`,
  // A number given again keeps its row, so an old one may be the one whose code is on its way.
  () => sql`
    WITH gone AS (DELETE FROM phones WHERE id = ANY(ARRAY(
      SELECT p.id FROM phones p WHERE p.verified_at IS NULL AND p.created_at < app_now() - interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM challenges c WHERE c.user_id = p.user_id AND c.current_phone_id = p.id
                          AND c.consumed_at IS NULL AND c.voided_at IS NULL AND c.expires_at > app_now())
      LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
  () => sql`
    WITH gone AS (DELETE FROM messages WHERE id = ANY(ARRAY(
      SELECT id FROM messages WHERE created_at < app_now() - interval '90 days' LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
  () => sql`
    WITH gone AS (DELETE FROM demo_messages WHERE id = ANY(ARRAY(
      SELECT id FROM demo_messages WHERE ${env().demo}::boolean AND at < app_now() - interval '7 days' LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`,
];

/**
 * Tells what is still to be told, then deletes what nothing reads any more: spent limits, ended challenges and sessions, old messages. The
 * audit log stays. Returns whether it came to the end; each step is committed by itself, so the next run goes on where this one stopped.
 */
export async function cleanUp(over: Over = () => false): Promise<boolean> {
  const steps = [async () => (await tellUnfinished()) > 0, ...batches.map((batch) => async () => ((await batch())[0]?.n ?? 0) === BATCH)];
  for (const step of steps)
    while (await step()) {
      if (over()) return false;
    }
  return true;
}
