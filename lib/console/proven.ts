import { sql } from "#lib/db/sql";
import { listProviderAccounts } from "#lib/delivery/provider-accounts/store";
import { env } from "#lib/env";

/** Which accounts are in use, which are contracts, and which are proven to deliver: the set-up guide and go-live ask these and nothing else. */

/** Whether texts may go out by an account now: it is not disabled, has a route, and the demo phone counts in demo mode alone. */
export const accountsInUse = async () =>
  (await listProviderAccounts()).filter(({ disabled, routes, kind }) => !disabled && routes.length > 0 && (kind !== "demo" || env().demo));

/** The accounts of `contractsInUse` whose every channel has an own rate in yen, or in a currency with a rate, that has begun. */
const ratedAccounts = () => sql<{ id: string }>`
  SELECT r.account_id AS id FROM provider_routes r JOIN provider_accounts p ON p.id = r.account_id
    CROSS JOIN LATERAL (SELECT (app_now() AT TIME ZONE 'Asia/Tokyo')::date AS day) t
  GROUP BY r.account_id HAVING bool_and(EXISTS (SELECT FROM usage_rates u WHERE u.provider = p.name AND u.channel = r.channel AND u.begins <= t.day
    AND (r.country = '*' OR u.country IN ('*', r.country))
    AND (u.currency = 'JPY' OR EXISTS (SELECT FROM currency_rates c WHERE c.currency = u.currency AND c.begins <= t.day))))`;

/** The provider accounts in use under a contract, without the demo phone; `priced` ones have a price or an own rate. */
export async function contractsInUse() {
  const [lines, rated] = [await accountsInUse(), await ratedAccounts()];
  return lines
    .filter(({ kind }) => kind !== "demo")
    .map((line) => ({ ...line, priced: line.price !== null || rated.some(({ id }) => id === line.id) }));
}

/**
 * The names of the accounts that delivered a text or a call within so many days, the latest first. A rehearsal that did not show whole on its handset
 * proves nothing whatever its receipt says, and one that did needs no receipt. The demo phone counts where it is asked for.
 */
export async function provenWithin(days: number, demo = env().demo): Promise<string[]> {
  const rows = await sql<{ provider: string }>`
    SELECT a.provider FROM (
      SELECT provider, account_id, status_at FROM delivery_attempts d
      WHERE status = 'delivered' AND started_at > app_now() - make_interval(days => ${days}::int)
        AND NOT EXISTS (SELECT 1 FROM rehearsals h WHERE h.message_id = d.message_id AND h.shown <> 'whole')
      UNION ALL
      SELECT d.provider, d.account_id, h.confirmed_at FROM rehearsals h JOIN delivery_attempts d ON d.message_id = h.message_id
      WHERE h.shown = 'whole' AND d.status = 'sent' AND d.started_at > app_now() - make_interval(days => ${days}::int)) a
    JOIN provider_accounts p ON p.id = a.account_id AND (p.kind <> 'demo' OR ${demo}::boolean)
    GROUP BY a.provider ORDER BY max(a.status_at) DESC LIMIT 20`;
  return rows.map(({ provider }) => provider);
}
