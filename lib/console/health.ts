import { sql } from "#lib/db/sql";
import { lastMeasured } from "#lib/health/measure";
import { type ConditionLine, listConditions } from "#lib/health/watch";

/** What the room of health shows: provider accounts with their breakers, what was measured last, and what is wrong. Times are ISO 8601. */

/** One provider account and channel: whether it takes messages, and how the last hour was beside the same hour of other days. */
export type Line = {
  name: string;
  channel: "SMS" | "VOICE";
  state: "up" | "down" | "disabled";
  reason: string | null;
  until: string | null;
  ended: number;
  share: number | null;
  usual: number | null;
  seconds: number | null;
};

/** Everything of the room. */
export type Health = {
  lines: Line[];
  conditions: ConditionLine[];
  measured: NonNullable<Awaited<ReturnType<typeof lastMeasured>>> | null;
};

const percent = (part: number, whole: number): number | null => (whole > 0 ? Math.round((part * 100) / whole) : null);

/** Reads it all; a page measures nothing by itself. */
export async function readHealth(): Promise<Health> {
  const measured = await lastMeasured();
  const rows = await sql<Pick<Line, "name" | "channel" | "state" | "reason" | "until">>`
    SELECT p.name, r.channel::text AS channel,
      CASE WHEN p.disabled_at IS NOT NULL THEN 'disabled' WHEN coalesce(h.down_until > app_now(), false) THEN 'down' ELSE 'up' END AS state,
      CASE WHEN h.down_until > app_now() THEN h.reason END AS reason, CASE WHEN h.down_until > app_now() THEN to_json(h.down_until)#>>'{}' END AS until
    FROM provider_accounts p JOIN (SELECT account_id, channel, min(position) AS position FROM provider_routes WHERE channel <> 'EMAIL' GROUP BY 1, 2) r ON r.account_id = p.id
      LEFT JOIN provider_health h ON h.account_id = p.id AND h.channel = r.channel
    ORDER BY r.channel, r.position, p.name LIMIT 200`;
  const lines = rows.map((row): Line => {
    const hour = measured?.measured.delivered.find(({ name, channel }) => name === row.name && channel === row.channel);
    return {
      ...row,
      ended: hour?.ended ?? 0,
      share: percent(hour?.delivered ?? 0, hour?.ended ?? 0),
      usual: percent(hour?.usualDelivered ?? 0, hour?.usualEnded ?? 0),
      seconds: hour?.seconds ?? null,
    };
  });
  return { lines, measured, conditions: await listConditions() };
}
