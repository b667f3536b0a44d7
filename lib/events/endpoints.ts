import { randomUUID } from "node:crypto";
import { isEventType } from "#lib/audit/told";
import { seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql } from "#lib/db/sql";
import { judgeBaseUrl } from "#lib/delivery/provider-accounts/private-address";
import { env } from "#lib/env";
import { newEndpointSecret } from "#lib/events/signature";
import { fail, ok, type Result } from "#lib/result";

/** Where other systems take events. A secret is returned once, when it is made, and stored sealed because it signs. */

/** Why nothing was changed. */
export type EndpointProblem =
  | "bad_url"
  | "address_private"
  | "address_unknown"
  | "bad_types"
  | "bad_overlap"
  | "url_taken"
  | "too_many"
  | "no_such_endpoint"
  | "no_change";

/** What an operator enters; `types` null is every type. */
export type NewEndpoint = { url: string; types: string[] | null };

/** The hours for which the secret before a rotation signs too, by default and at most. */
export const SECRET_OVERLAP_HOURS = { usual: 24, most: 24 * 30 } as const;

/** Every event is written once for each endpoint. */
export const MOST_ENDPOINTS = 10;

const LONGEST_URL = 500;

/** The hosts that may be inside the operator's network, and the machine itself in demo mode alone. */
export const mayBeInside = () => ({ hosts: (env().EVENTS_PRIVATE_HOSTS ?? "").split(",").filter(Boolean), loopback: env().demo });

const place = (id: string, column: "secret_sealed" | "old_secret_sealed") => ({ table: "event_endpoints", column, row: id, owner: id });

/** Opens the secrets of an endpoint that sign now, the current one first. */
export const openSecrets = (id: string, sealed: string, oldSealed: string | null): string[] => [
  unseal(sealed, place(id, "secret_sealed")),
  ...(oldSealed === null ? [] : [unseal(oldSealed, place(id, "old_secret_sealed"))]),
];

/** Judges an address: https, or http to a host that may be inside, and none that leads into the own network. */
export async function judgeEndpoint({ url, types }: NewEndpoint): Promise<EndpointProblem | null> {
  const read = url.length <= LONGEST_URL ? URL.parse(url) : null;
  if (!read?.hostname || read.username || read.password || read.hash) return "bad_url";
  const { hosts, loopback } = mayBeInside();
  const host = read.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const own = hosts.includes(host) || (loopback && /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host));
  if (read.protocol !== "https:" && !(read.protocol === "http:" && own)) return "bad_url";
  if (types !== null && (types.length === 0 || !types.every(isEventType))) return "bad_types";
  const led = await judgeBaseUrl(url, { hosts, loopback });
  return led === "public" ? null : led === "private" ? "address_private" : "address_unknown";
}

/** An endpoint that was made or has a new secret. */
export type MadeEndpoint = { id: string; url: string; secret: string };

/** Adds an endpoint that `judgeEndpoint` let through; its secret cannot be read again. */
export async function addEndpoint(tx: Sql, { url, types }: NewEndpoint): Promise<Result<MadeEndpoint, EndpointProblem>> {
  // One at a time, so that their number holds.
  await tx`SELECT pg_advisory_xact_lock(hashtextextended('event_endpoints', 0))`;
  const [{ count, taken } = { count: 0, taken: false }] = await tx<{ count: number; taken: boolean }>`
    SELECT count(*)::int AS count, coalesce(bool_or(url = ${url}), false) AS taken FROM event_endpoints`;
  if (taken) return fail("url_taken");
  if (count >= MOST_ENDPOINTS) return fail("too_many");
  const id = randomUUID();
  const secret = newEndpointSecret();
  await tx`
    INSERT INTO event_endpoints (id, url, types, secret_sealed)
    VALUES (${id}::uuid, ${url}, ${types}::text[], ${seal(secret, place(id, "secret_sealed"))})`;
  return ok({ id, url, secret });
}

type Locked = { url: string; secretSealed: string; pausedAt: Date | null };

const lockEndpoint = async (tx: Sql, id: string): Promise<Locked | null> => {
  const [row] = await tx<Locked>`SELECT url, secret_sealed, paused_at FROM event_endpoints WHERE id = ${id}::uuid FOR UPDATE`;
  return row ?? null;
};

/** Gives an endpoint a new secret; the one before signs too for `overlapHours` more, and any older one ends now. */
export async function rotateEndpoint(tx: Sql, id: string, overlapHours: number): Promise<Result<MadeEndpoint, EndpointProblem>> {
  if (!(Number.isFinite(overlapHours) && overlapHours >= 0 && overlapHours <= SECRET_OVERLAP_HOURS.most)) return fail("bad_overlap");
  const row = await lockEndpoint(tx, id);
  if (!row) return fail("no_such_endpoint");
  const secret = newEndpointSecret();
  const old = overlapHours === 0 ? null : seal(unseal(row.secretSealed, place(id, "secret_sealed")), place(id, "old_secret_sealed"));
  await tx`
    UPDATE event_endpoints SET secret_sealed = ${seal(secret, place(id, "secret_sealed"))}, old_secret_sealed = ${old},
      old_secret_until = CASE WHEN ${old}::text IS NOT NULL THEN app_now() + make_interval(secs => ${overlapHours * 3600}) END
    WHERE id = ${id}::uuid`;
  return ok({ id, url: row.url, secret });
}

/** Holds everything to an endpoint back; events go on to be kept for it. */
export async function pauseEndpoint(tx: Sql, id: string): Promise<Result<{ url: string }, EndpointProblem>> {
  const row = await lockEndpoint(tx, id);
  if (!row) return fail("no_such_endpoint");
  if (row.pausedAt) return fail("no_change");
  await tx`UPDATE event_endpoints SET paused_at = app_now(), paused_by = 'operator' WHERE id = ${id}::uuid`;
  return ok({ url: row.url });
}

/** Sends to an endpoint again, what waits at once; the days of its pause do not count against the three days. */
export async function resumeEndpoint(tx: Sql, id: string): Promise<Result<{ url: string }, EndpointProblem>> {
  const row = await lockEndpoint(tx, id);
  if (!row) return fail("no_such_endpoint");
  if (!row.pausedAt) return fail("no_change");
  await tx`
    UPDATE event_deliveries d SET next_at = app_now(), give_up_at = d.give_up_at + greatest(app_now() - greatest(e.paused_at, v.created_at), interval '0')
    FROM event_endpoints e, events v WHERE e.id = ${id}::uuid AND d.endpoint_id = e.id AND v.id = d.event_id AND d.state = 'pending'`;
  await tx`UPDATE event_endpoints SET paused_at = NULL, paused_by = NULL WHERE id = ${id}::uuid`;
  await queueRun(tx, id);
  return ok({ url: row.url });
}

/** Removes an endpoint with everything that waits for it. */
export async function removeEndpoint(tx: Sql, id: string): Promise<Result<{ url: string }, EndpointProblem>> {
  const [row] = await tx<{ url: string }>`DELETE FROM event_endpoints WHERE id = ${id}::uuid RETURNING url`;
  return row ? ok(row) : fail("no_such_endpoint");
}

/** Sends an event of its own to one endpoint; returns the id of the event. */
export async function testEndpoint(tx: Sql, id: string): Promise<Result<{ url: string; eventId: string }, EndpointProblem>> {
  const row = await lockEndpoint(tx, id);
  if (!row) return fail("no_such_endpoint");
  const data = JSON.stringify({ endpoint: id });
  const [made] = await tx<{ eventId: string }>`SELECT emit_event('endpoint.test', ${id}::uuid, ${data}::jsonb, ${id}::uuid) AS event_id`;
  if (!made) throw new Error("a test event was not written");
  return ok({ url: row.url, eventId: made.eventId });
}

/** Queues one run for what is due to an endpoint. */
export const queueRun = (tx: Sql, endpointId: string) =>
  tx`SELECT graphile_worker.add_job('deliver_events', json_build_object('endpointId', ${endpointId}::text), max_attempts => 3, priority => 5)`;

/** An endpoint as an operator sees it; times are ISO 8601. */
export type EndpointLine = {
  id: string;
  url: string;
  types: string[] | null;
  createdAt: string;
  pausedAt: string | null;
  pausedBy: "operator" | "receiver" | null;
  oldSecretUntil: string | null;
  pending: number;
  parked: number;
  deliveredAt: string | null;
};

/** Lists the endpoints by their addresses; counts end at a thousand. */
export const listEndpoints = (): Promise<EndpointLine[]> => sql<EndpointLine>`
  SELECT e.id, e.url, e.types, to_json(e.created_at)#>>'{}' AS created_at, to_json(e.paused_at)#>>'{}' AS paused_at, e.paused_by,
    CASE WHEN e.old_secret_until > app_now() THEN to_json(e.old_secret_until)#>>'{}' END AS old_secret_until,
    (SELECT count(*)::int FROM (SELECT FROM event_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'pending' LIMIT 1000) p) AS pending,
    (SELECT count(*)::int FROM (SELECT FROM event_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'parked' LIMIT 1000) p) AS parked,
    (SELECT to_json(d.ended_at)#>>'{}' FROM event_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'delivered' ORDER BY d.position DESC LIMIT 1) AS delivered_at
  FROM event_endpoints e ORDER BY e.url`;
