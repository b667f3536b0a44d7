import { sql } from "#lib/db/sql";
import type { PhoneChannel } from "#lib/delivery/provider";
import { log } from "#lib/log";

/**
 * The circuit breaker of a provider and channel: five failures in a row take it out for 30 s, each further failure for twice as long, at
 * most five minutes. Refused credentials take it out at once, "too many requests" for as long as the provider says.
 */
export const BREAKER = { failures: 5, firstSeconds: 30, longestSeconds: 300, probeSeconds: 10 } as const;

type Who = { id: string; name: string; kind: string };

/** A number on the demo network misbehaves on purpose and says nothing about the network. */
const isDemo = (who: Who) => who.kind === "demo";

/** Notes that a provider works; costs nothing while it did before. */
export async function noteWell(who: Who, channel: PhoneChannel, ailing: boolean): Promise<void> {
  if (!ailing) return;
  await sql`DELETE FROM provider_health WHERE account_id = ${who.id}::uuid AND channel = ${channel}::channel`;
  log.warn({ event: "provider.up", provider: who.name, channel }, "a provider works again");
}

/** Notes a failure that is the provider's own; `brake` is the adapter's word on it (provider.ts). */
export async function noteFailing(who: Who, channel: PhoneChannel, reason: string, brake?: "now" | number): Promise<void> {
  if (isDemo(who)) return;
  const pause = typeof brake === "number" ? brake : null;
  const [row] = await sql<{ down: boolean }>`
    INSERT INTO provider_health AS h (account_id, channel, failures, trips, reason, down_until)
    VALUES (${who.id}::uuid, ${channel}::channel, 1, CASE WHEN ${brake === "now"}::boolean THEN 1 ELSE 0 END, ${reason},
      CASE WHEN ${pause}::int IS NOT NULL THEN app_now() + make_interval(secs => ${pause}::int)
           WHEN ${brake === "now"}::boolean THEN app_now() + make_interval(secs => ${BREAKER.firstSeconds}::int) END)
    ON CONFLICT (account_id, channel) DO UPDATE SET failures = h.failures + 1, reason = EXCLUDED.reason,
      trips = h.trips + CASE WHEN ${pause}::int IS NULL AND (${brake === "now"}::boolean OR h.failures + 1 >= ${BREAKER.failures}::int) THEN 1 ELSE 0 END,
      down_until = CASE
        WHEN ${pause}::int IS NOT NULL THEN app_now() + make_interval(secs => ${pause}::int)
        WHEN ${brake === "now"}::boolean OR h.failures + 1 >= ${BREAKER.failures}::int
          THEN app_now() + make_interval(secs => least(${BREAKER.longestSeconds}::int, ${BREAKER.firstSeconds}::int * 2 ^ least(h.trips, 8)))
        ELSE h.down_until END
    RETURNING down_until > app_now() AS down`;
  if (row?.down) log.error({ event: "provider.down", provider: who.name, channel, reason }, "a provider is taken out for a while");
}

/** Lets one text through to a provider whose pause is over; the others go on past it until that one's outcome is known. */
export async function takeProbe(who: Who, channel: PhoneChannel): Promise<boolean> {
  const taken = await sql`
    UPDATE provider_health SET down_until = app_now() + make_interval(secs => ${BREAKER.probeSeconds}::int)
    WHERE account_id = ${who.id}::uuid AND channel = ${channel}::channel AND down_until <= app_now() RETURNING account_id`;
  return taken.length === 1;
}
