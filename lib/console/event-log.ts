import { isEventType, TEST_EVENT } from "#lib/audit/told";
import { when, withConditions } from "#lib/console/conditions";
import { sql } from "#lib/db/sql";
import { mayDo } from "#lib/staff/matrix";

/** What was told to whom, as an operator reads it, by pages. Times are ISO 8601. */

export const deliveryStates = ["pending", "delivered", "parked"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** Which deliveries are listed; `before` is the place of the last one shown, its position and its id. */
export type EventFilter = {
  state?: DeliveryState;
  type?: string;
  endpoint?: string;
  /** The id of an account, a verification or an event. */
  id?: string;
  before?: string;
};

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const PLACE = /^\d{1,18}_[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

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
    ...(PLACE.test(before) ? { before } : {}),
  };
}

/** The address of the list with filters. */
export function eventsHref(filter: EventFilter): string {
  const query = new URLSearchParams(Object.entries(filter));
  return query.size > 0 ? `/admin/events?${query}` : "/admin/events";
}

/** Lines with the URL of an endpoint, as roles may see them: roles that enter no endpoints see its host alone, since a path may hold a secret. */
export function seenBy<Line extends { url: string }>(roles: readonly string[], lines: readonly Line[]): Line[] {
  if (mayDo(roles, "events.add")) return [...lines];
  return lines.map((line) => ({ ...line, url: new URL(line.url).origin }));
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

const LOG = `
  SELECT d.id, v.id AS event_id, d.position::text, v.type, v.subject, to_json(v.created_at)#>>'{}' AS at, e.url, d.state, d.attempts,
    CASE WHEN d.state = 'pending' AND e.paused_at IS NULL THEN to_json(d.next_at)#>>'{}' END AS next_at, a.status, a.failure
  FROM event_deliveries d JOIN events v ON v.id = d.event_id JOIN event_endpoints e ON e.id = d.endpoint_id
    LEFT JOIN LATERAL (SELECT t.status, t.failure FROM event_attempts t WHERE t.delivery_id = d.id ORDER BY t.at DESC LIMIT 1) a ON true
  WHERE {filters} ORDER BY d.position DESC, d.id DESC LIMIT ${PAGE + 1}`;

/** Lists deliveries, the newest first, with the place of the next page. */
export async function listDeliveries(filter: EventFilter = {}): Promise<{ lines: DeliveryLine[]; before: string | null }> {
  const { state, type, endpoint, id, before } = filter;
  const [position, last] = before?.split("_") ?? [];
  const filters = [
    // In the text and no parameter, so that the small index of parked ones is used.
    ...(state ? [when(`d.state = '${deliveryStates.find((one) => one === state)}'`)] : []),
    ...(type ? [when("v.type = $", type)] : []),
    ...(endpoint ? [when("d.endpoint_id = $::uuid", endpoint)] : []),
    ...(id ? [when("d.event_id IN (SELECT x.id FROM events x WHERE x.subject = $::uuid OR x.id = $::uuid)", id, id)] : []),
    ...(position && last ? [when("(d.position, d.id) < ($::bigint, $::uuid)", position, last)] : []),
  ];
  const lines = await sql<DeliveryLine>(...withConditions(LOG, { filters }));
  const end = lines.length > PAGE ? lines[PAGE - 1] : undefined;
  return { lines: lines.slice(0, PAGE), before: end ? `${end.position}_${end.id}` : null };
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
