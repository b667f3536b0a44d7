import { sql } from "#lib/db/sql";
import type { PhoneChannel } from "#lib/delivery/provider";
import { log } from "#lib/log";

/**
 * The circuit breaker of a provider account and channel: five consecutive failures open it for 30 s, and the back-off doubles up to five minutes.
 * Refused credentials open it at once, status 429 for the time that the provider states.
 */
const BREAKER = { failures: 5, firstSeconds: 30, longestSeconds: 300, probeSeconds: 10 } as const;

type BreakerAccount = { id: string; name: string; kind: string };

/** The breaker's state when the account was chosen. `halfOpen`: the back-off is over, and this text is the probe. */
type State = { failing: boolean; halfOpen: boolean };

type Failure = { backOff?: "now" | number; probing?: boolean };

/** Demo numbers fail on purpose, so their failures do not count. */
const isDemo = (account: BreakerAccount) => account.kind === "demo";

/**
 * Records a success; without earlier failures it costs no statement. During the back-off only the probe closes the breaker: a text that was in flight
 * when it opened proves nothing.
 */
export async function recordSuccess(account: BreakerAccount, channel: PhoneChannel, { failing, halfOpen: probing }: State): Promise<void> {
  if (!failing) return;
  const up = await sql`
    DELETE FROM provider_health WHERE account_id = ${account.id}::uuid AND channel = ${channel}::channel
      AND (${probing}::boolean OR down_until IS NULL OR down_until <= app_now()) RETURNING account_id`;
  if (up.length > 0) log.warn({ event: "provider.up", provider: account.name, channel }, "a provider works again");
}

/**
 * Records a failure of the provider itself; `backOff` comes from the adapter (provider.ts). Texts that were in flight when the breaker opened do not
 * extend the back-off; only the probe does, or a provider that asks for a longer back-off.
 */
export async function recordFailure(account: BreakerAccount, channel: PhoneChannel, reason: string, failure: Failure = {}): Promise<void> {
  if (isDemo(account)) return;
  const { backOff, probing = false } = failure;
  const pause = typeof backOff === "number" ? backOff : null;
  const [row] = await sql<{ down: boolean }>`
    INSERT INTO provider_health AS h (account_id, channel, failures, trips, reason, down_until)
    SELECT id, ${channel}::channel, 1, CASE WHEN ${backOff === "now"}::boolean THEN 1 ELSE 0 END, ${reason},
      CASE WHEN ${pause}::int IS NOT NULL THEN app_now() + make_interval(secs => ${pause}::int)
           WHEN ${backOff === "now"}::boolean THEN app_now() + make_interval(secs => ${BREAKER.firstSeconds}::int) END
    FROM provider_accounts WHERE id = ${account.id}::uuid FOR KEY SHARE
    ON CONFLICT (account_id, channel) DO UPDATE SET failures = h.failures + 1, reason = EXCLUDED.reason,
      trips = h.trips + CASE WHEN ${pause}::int IS NULL AND (${backOff === "now"}::boolean OR h.failures + 1 >= ${BREAKER.failures}::int)
        AND (${probing}::boolean OR h.down_until IS NULL OR h.down_until <= app_now()) THEN 1 ELSE 0 END,
      down_until = CASE
        WHEN ${pause}::int IS NOT NULL THEN greatest(CASE WHEN ${probing}::boolean THEN NULL ELSE h.down_until END, app_now() + make_interval(secs => ${pause}::int))
        WHEN h.down_until > app_now() AND NOT ${probing}::boolean THEN h.down_until
        WHEN ${backOff === "now"}::boolean OR h.failures + 1 >= ${BREAKER.failures}::int
          THEN app_now() + make_interval(secs => least(${BREAKER.longestSeconds}::int, ${BREAKER.firstSeconds}::int * 2 ^ least(h.trips, 8)))
        ELSE h.down_until END
    RETURNING down_until > app_now() AS down`;
  if (row?.down) log.error({ event: "provider.down", provider: account.name, channel, reason }, "a provider is taken out for a while");
}

/** Claims the half-open probe of a provider account; other texts skip the provider until the probe's outcome is known. */
export async function takeProbe(account: BreakerAccount, channel: PhoneChannel): Promise<boolean> {
  const taken = await sql`
    UPDATE provider_health SET down_until = app_now() + make_interval(secs => ${BREAKER.probeSeconds}::int)
    WHERE account_id = ${account.id}::uuid AND channel = ${channel}::channel AND down_until <= app_now() RETURNING account_id`;
  return taken.length === 1;
}
