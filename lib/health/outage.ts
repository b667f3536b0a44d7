import { sql } from "#lib/db/sql";

/** The channels that no provider account carries at the moment: every breaker is open, and a worker has just seen it. */
export async function channelsDown(): Promise<("sms" | "voice")[]> {
  const rows = await sql<{ channel: "sms" | "voice" }>`
    SELECT lower(r.channel::text) AS channel FROM provider_routes r JOIN provider_accounts a ON a.id = r.account_id AND a.disabled_at IS NULL
    WHERE r.channel <> 'EMAIL' GROUP BY r.channel
    HAVING bool_and(EXISTS (SELECT 1 FROM conditions c WHERE c.kind = 'provider_down' AND c.subject = a.name || ' ' || r.channel AND c.ended_at IS NULL
      AND c.seen_at > app_now() - interval '5 minutes')) ORDER BY 1 DESC`;
  return rows.map(({ channel }) => channel);
}
