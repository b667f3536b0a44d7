import { SealError } from "#lib/crypto/seal";
import { sql, transaction } from "#lib/db/sql";
import { waitAfter } from "#lib/events/back-off";
import { mayBeInside, openSecrets, queueRun } from "#lib/events/endpoints";
import { type Posted, post } from "#lib/events/post";
import { eventHeaders } from "#lib/events/signature";
import { singleton } from "#lib/singleton";

/** Sends events to their endpoints: in order for each account, again after a failure, for three days. */

/** Milliseconds for one POST, and seconds after which the claim of a worker that died is over. */
const ANSWER_MS = 10_000;
const CLAIM_SECONDS = 60;

/** How many POSTs of one process are on their way to one endpoint. */
const LANES = 4;

type Claimed = {
  id: string;
  eventId: string;
  attempts: number;
  type: string;
  data: Record<string, string>;
  at: string;
  url: string;
  endpointId: string;
  secretSealed: string;
  oldSecretSealed: string | null;
};

/**
 * Claims the delivery that is due longest, counted before it is sent. One behind an earlier event of its account is not due, whether that one waits
 * or is on its way.
 */
async function claimNext(endpointId: string): Promise<Claimed | undefined> {
  const [row] = await sql<Claimed>`
    UPDATE event_deliveries d SET attempts = d.attempts + 1, claimed_until = app_now() + make_interval(secs => ${CLAIM_SECONDS}::int)
    FROM event_endpoints e, events v
    WHERE e.id = d.endpoint_id AND v.id = d.event_id AND d.id = (
      SELECT n.id FROM event_deliveries n
      WHERE n.endpoint_id = ${endpointId}::uuid AND n.state = 'pending' AND n.next_at <= app_now() AND (n.claimed_until IS NULL OR n.claimed_until <= app_now())
        AND EXISTS (SELECT FROM event_endpoints o WHERE o.id = n.endpoint_id AND o.paused_at IS NULL)
        AND NOT EXISTS (SELECT FROM event_deliveries b WHERE b.endpoint_id = n.endpoint_id AND b.subject = n.subject AND b.state = 'pending' AND b.position < n.position)
      ORDER BY n.next_at, n.position LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING d.id, d.event_id, d.attempts, v.type, v.data, to_json(v.created_at AT TIME ZONE 'UTC')#>>'{}' || 'Z' AS at, e.url, e.id AS endpoint_id, e.secret_sealed,
      CASE WHEN e.old_secret_until > app_now() THEN e.old_secret_sealed END AS old_secret_sealed`;
  return row;
}

/** The body of an event: the same bytes at every attempt. */
export const eventBody = ({ type, at, data }: Pick<Claimed, "type" | "at" | "data">): string =>
  JSON.stringify({ type, timestamp: at, data });

/** What came of an attempt; without the key of its secret nothing can be signed, so nothing is sent. */
type Outcome = Posted | { ok: false; failure: "secret_closed" };

async function send(claimed: Claimed): Promise<Outcome> {
  const body = eventBody(claimed);
  let secrets: string[];
  try {
    secrets = openSecrets(claimed.endpointId, claimed.secretSealed, claimed.oldSecretSealed);
  } catch (error) {
    if (error instanceof SealError) return { ok: false, failure: "secret_closed" };
    throw error;
  }
  const headers = { "content-type": "application/json", "user-agent": "Sekisho", ...eventHeaders(secrets, claimed.eventId, body) };
  return post(claimed.url, { headers, body }, mayBeInside(), AbortSignal.timeout(ANSWER_MS));
}

/** Writes what came of an attempt. A worker whose claim is over may still say that its event was taken, and no more. */
async function settle({ id, attempts, endpointId }: Claimed, posted: Outcome, milliseconds: number): Promise<void> {
  const status = posted.ok ? posted.status : null;
  const taken = status !== null && status >= 200 && status <= 299;
  await transaction(async (tx) => {
    // An endpoint that was removed meanwhile took its deliveries with it.
    const [row] = await tx<{ failures: number; last: boolean; mine: boolean }>`
      SELECT failures, give_up_at <= app_now() AS last, state = 'pending' AND attempts = ${attempts}::int AS mine
      FROM event_deliveries WHERE id = ${id}::uuid FOR UPDATE`;
    if (!row) return;
    await tx`
      INSERT INTO event_attempts (delivery_id, status, failure, milliseconds)
      VALUES (${id}::uuid, ${status}::int, ${posted.ok ? null : posted.failure}, ${Math.round(milliseconds)}::int)`;
    if (taken)
      await tx`
        UPDATE event_deliveries SET state = 'delivered', ended_at = app_now(), claimed_until = NULL, failures = 0 WHERE id = ${id}::uuid AND state = 'pending'`;
    else if (row.mine)
      await tx`
        UPDATE event_deliveries SET failures = failures + 1, claimed_until = NULL, state = CASE WHEN ${row.last}::boolean THEN 'parked' ELSE state END,
          ended_at = CASE WHEN ${row.last}::boolean THEN app_now() END,
          next_at = least(app_now() + make_interval(secs => ${waitAfter(row.failures + 1)}::int), give_up_at)
        WHERE id = ${id}::uuid`;
    // 410 says that the endpoint is no more (Standard Webhooks): it is held, and an operator decides.
    if (status === 410)
      await tx`UPDATE event_endpoints SET paused_at = app_now(), paused_by = 'receiver' WHERE id = ${endpointId}::uuid AND paused_at IS NULL`;
  });
}

/** Sends one due event of an endpoint; false where none is due. */
export async function deliverNext(endpointId: string): Promise<boolean> {
  const claimed = await claimNext(endpointId);
  if (!claimed) return false;
  const begun = performance.now();
  await settle(claimed, await send(claimed), performance.now() - begun);
  return true;
}

type Lanes = { active: number; again: boolean };
const lanes = () => singleton("event-lanes", () => new Map<string, Lanes>());

/**
 * Sends what is due to an endpoint. A slow receiver holds four jobs of a process at most: further ones return, and one that is running looks again
 * for them. A run that is over before everything is sent queues the next one.
 */
export async function deliverTo(endpointId: string, over: () => boolean = () => false): Promise<void> {
  const lane = lanes().get(endpointId) ?? { active: 0, again: false };
  lanes().set(endpointId, lane);
  if (lane.active >= LANES) {
    lane.again = true;
    return;
  }
  lane.active += 1;
  try {
    do {
      lane.again = false;
      while (!over() && (await deliverNext(endpointId)));
    } while (lane.again && !over());
    if (over()) await queueRun(sql, endpointId);
  } finally {
    lane.active -= 1;
    if (lane.active === 0) lanes().delete(endpointId);
  }
}

/** The job of every minute: queues a run for each endpoint to which something is due. */
export async function deliverDue(): Promise<void> {
  const due = await sql<{ id: string }>`
    SELECT e.id FROM event_endpoints e WHERE e.paused_at IS NULL AND EXISTS (
      SELECT FROM event_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_at <= app_now())`;
  for (const { id } of due) await queueRun(sql, id);
}
