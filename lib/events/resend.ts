import type { Sql } from "#lib/db/sql";
import { GIVE_UP_SECONDS } from "#lib/events/back-off";
import { queueRun } from "#lib/events/endpoints";
import { fail, ok, type Result } from "#lib/result";

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export type ResendProblem = "no_such_event" | "no_change";

/**
 * Sends an event again to each endpoint that took it or for which it is parked, with the same id and for another three days. Later events of its
 * account wait behind it.
 */
export async function resendEvent(tx: Sql, eventId: string): Promise<Result<number, ResendProblem>> {
  if (!UUID.test(eventId)) return fail("no_such_event");
  const [known] = await tx`SELECT 1 FROM events WHERE id = ${eventId}::uuid`;
  if (!known) return fail("no_such_event");
  const again = await tx<{ endpointId: string }>`
    UPDATE event_deliveries SET state = 'pending', failures = 0, next_at = app_now(), ended_at = NULL, claimed_until = NULL,
      give_up_at = app_now() + make_interval(secs => ${GIVE_UP_SECONDS}::int)
    WHERE event_id = ${eventId}::uuid AND state <> 'pending' RETURNING endpoint_id`;
  if (again.length === 0) return fail("no_change");
  for (const { endpointId } of again) await queueRun(tx, endpointId);
  return ok(again.length);
}
