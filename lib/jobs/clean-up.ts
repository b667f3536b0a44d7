import { tellUnfinished } from "#lib/challenges/unfinished";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";

/** Tells what is still to be told, then deletes what nothing reads any more: spent limits, ended challenges and sessions, old messages. The audit log stays. */
export async function cleanUp(): Promise<void> {
  while ((await tellUnfinished()) > 0);
  await sql`DELETE FROM limit_hits WHERE at < app_now() - interval '25 hours'`;
  await sql`DELETE FROM challenges WHERE expires_at < app_now() - interval '1 day'`;
  await sql`DELETE FROM sessions WHERE expires_at < app_now()`;
  await sql`DELETE FROM known_devices WHERE expires_at < app_now()`;
  await sql`DELETE FROM brakes WHERE until < app_now()`;
  // A send job is tried again for ten hours at most; until then an ended stop keeps back what was queued before its end.
  await sql`DELETE FROM sending_stops WHERE ended_at < app_now() - interval '2 days'`;
  // A number given again keeps its row, so an old one may be the one whose code is on its way.
  await sql`
    DELETE FROM phones p WHERE p.verified_at IS NULL AND p.created_at < app_now() - interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM challenges c WHERE c.user_id = p.user_id AND c.current_phone_id = p.id
                        AND c.consumed_at IS NULL AND c.voided_at IS NULL AND c.expires_at > app_now())`;
  await sql`DELETE FROM messages WHERE created_at < app_now() - interval '90 days'`;
  if (env().demo) await sql`DELETE FROM demo_messages WHERE at < app_now() - interval '7 days'`;
}
