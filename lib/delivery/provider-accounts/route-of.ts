import { sql } from "#lib/db/sql";
import type { Candidate } from "#lib/delivery/messages/attempt";
import type { PhoneChannel } from "#lib/delivery/provider";
import { env } from "#lib/env";

/**
 * Returns the accounts that carry a channel to a country now, in the order in which a text asks them: a rule of the country replaces the rule for all
 * countries, equal positions are shared by weight, and open breakers are left out. One that is named is returned alone, whatever its breaker.
 */
export const routeOf = (channel: PhoneChannel, country: string, only: string | null): Promise<Candidate[]> => sql<Candidate>`
  SELECT r.id, r.name, r.kind, r.version, r.price_per_segment::text AS price, r.failing, r.half_open
  FROM (SELECT DISTINCT ON (a.id) a.*, o.position, o.weight, h.account_id IS NOT NULL AS failing,
      h.down_until IS NOT NULL AND ${only}::text IS NULL AS half_open
    FROM provider_accounts a JOIN provider_routes o ON o.account_id = a.id AND o.channel = ${channel}::channel AND o.country IN (${country}, '*')
    LEFT JOIN provider_health h ON h.account_id = a.id AND h.channel = o.channel
    WHERE a.disabled_at IS NULL AND (a.kind <> 'demo' OR ${env().demo}::boolean)
      AND CASE WHEN ${only}::text IS NULL THEN h.down_until IS NULL OR h.down_until <= app_now() ELSE a.name = ${only} END
    ORDER BY a.id, o.country = '*') r
  ORDER BY r.position, -ln(1 - random()) / r.weight`;
