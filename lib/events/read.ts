import { isEventType, TEST_EVENT } from "#lib/audit/told";
import { type Sql, sql } from "#lib/db/sql";
import { GIVE_UP_SECONDS } from "#lib/events/back-off";
import { queueRun } from "#lib/events/endpoints";
import { fail, ok, type Result } from "#lib/result";

/** What was told to whom, as an operator reads it, by pages; and sending it again. Times are ISO 8601. */

export const deliveryStates = ["pending", "delivered", "parked"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** Which deliveries are listed; `before` is the position of the last one shown. */
export type EventFilter = {
  state?: DeliveryState;
  type?: string;
  endpoint?: string;
  /** The id of an account, a verification or an event. */
  id?: string;
  before?: string;
};

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Reads the filters of an address; what cannot be read is no filter. */
export function eventFilterOf(query: Record<string, string | string[] | undefined>): EventFilter {
  const text = (name: string) => (typeof query[name] === "string" ? query[name].trim() : "");
  const state = deliveryStates.find((one) => one === text("state"));
  const [type, endpoint, id, before] = [text("type"), text("endpoint"), text("id"), text("before")];
  return {
    ...(state ? { state } : {}),
    ...(isEventType(type) || type === TEST_EVENT ? { type } : {}),
    ...(UUID.test(endpoint) ? { endpoint } : {}),
    ...(UUID.test(id) ? { id } : {}),
    ...(/^\d{1,18}$/.test(before) ? { before } : {}),
  };
}

/** The address of the list with filters. */
export function eventsHref(filter: EventFilter): string {
  const query = new URLSearchParams(Object.entries(filter));
  return query.size > 0 ? `/admin/events?${query}` : "/admin/events";
}

/** One event on its way to one endpoint. */
export type DeliveryLine = {
  id: string;
  eventId: string;
  position: string;
  type: string;
  subject: string;
  at: string;
  url: string;
  state: DeliveryState;
  attempts: number;
  /** When it is tried again; null where it is not. */
  nextAt: string | null;
  /** The last answer, or why there was none. */
  status: number | null;
  failure: string | null;
};

const PAGE = 50;

/** Lists deliveries, the newest first, with the place of the next page. */
export async function listDeliveries(filter: EventFilter = {}): Promise<{ lines: DeliveryLine[]; before: string | null }> {
  const { state = null, type = null, endpoint = null, id = null, before = null } = filter;
  const lines = await sql<DeliveryLine>`
    SELECT d.id, v.id AS event_id, d.position::text, v.type, v.subject, to_json(v.created_at)#>>'{}' AS at, e.url, d.state, d.attempts,
      CASE WHEN d.state = 'pending' AND e.paused_at IS NULL THEN to_json(d.next_at)#>>'{}' END AS next_at, a.status, a.failure
    FROM event_deliveries d JOIN events v ON v.id = d.event_id JOIN event_endpoints e ON e.id = d.endpoint_id
      LEFT JOIN LATERAL (SELECT t.status, t.failure FROM event_attempts t WHERE t.delivery_id = d.id ORDER BY t.at DESC LIMIT 1) a ON true
    WHERE d.position < coalesce(${before}::bigint, 9223372036854775807) AND d.state = coalesce(${state}, d.state)
      AND v.type = coalesce(${type}, v.type) AND d.endpoint_id = coalesce(${endpoint}::uuid, d.endpoint_id)
      AND (${id}::uuid IS NULL OR d.subject = ${id}::uuid OR v.id = ${id}::uuid)
    ORDER BY d.position DESC, e.url LIMIT ${PAGE + 1}::int`;
  return { lines: lines.slice(0, PAGE), before: lines.length > PAGE ? (lines[PAGE - 1]?.position ?? null) : null };
}

export type AttemptLine = { at: string; status: number | null; failure: string | null; milliseconds: number };

/** One event with its deliveries and their attempts, the first one first. */
export type EventDetail = {
  id: string;
  type: string;
  subject: string;
  at: string;
  /** The same time as its body has it. */
  timestamp: string;
  data: Record<string, string>;
  deliveries: {
    id: string;
    endpointId: string;
    url: string;
    paused: boolean;
    state: DeliveryState;
    nextAt: string;
    giveUpAt: string;
    endedAt: string | null;
    /** Whether an earlier event of the account is waited for. */
    behind: boolean;
    attempts: AttemptLine[];
  }[];
};

/** Reads one event; null where there is none. */
export async function readEvent(id: string): Promise<EventDetail | null> {
  if (!UUID.test(id)) return null;
  const [event] = await sql<EventDetail>`
    SELECT v.id, v.type, v.subject, to_json(v.created_at)#>>'{}' AS at, to_json(v.created_at AT TIME ZONE 'UTC')#>>'{}' || 'Z' AS timestamp, v.data,
      coalesce((SELECT json_agg(json_build_object('id', d.id, 'endpointId', e.id, 'url', e.url, 'paused', e.paused_at IS NOT NULL, 'state', d.state,
          'nextAt', d.next_at, 'giveUpAt', d.give_up_at, 'endedAt', d.ended_at,
          'behind', d.state = 'pending' AND EXISTS (SELECT FROM event_deliveries b
            WHERE b.endpoint_id = d.endpoint_id AND b.subject = d.subject AND b.state = 'pending' AND b.position < d.position),
          'attempts', coalesce((SELECT json_agg(json_build_object('at', t.at, 'status', t.status, 'failure', t.failure, 'milliseconds', t.milliseconds) ORDER BY t.at)
            FROM event_attempts t WHERE t.delivery_id = d.id), '[]'::json)) ORDER BY e.url)
        FROM event_deliveries d JOIN event_endpoints e ON e.id = d.endpoint_id WHERE d.event_id = v.id), '[]'::json) AS deliveries
    FROM events v WHERE v.id = ${id}::uuid`;
  return event ?? null;
}

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
