import { alert } from "#lib/alert";
import { sql } from "#lib/db/sql";
import { kindOf } from "#lib/delivery/providers/kinds";

/** Provider accounts that accept texts but return no receipts: a wrong callback URL, ids that do not match, or a broken route. */

/** Minimum number of hand-overs of the last hour, except the latest ten minutes, and the share of them without a receipt. */
const SILENCE = { sent: 20, share: 0.5, undecidedSeconds: 600 } as const;

type Silent = { id: string; name: string; sent: number; silent: number };

type Row = Silent & { kind: string; settings: Record<string, unknown>; told: boolean };

/**
 * Finds accounts whose messages of the last hour mostly got no receipt, although their kind promises receipts or the account had some in the week
 * before. Accounts of the demo network are excluded, because they are silent on purpose.
 */
export async function silentAccounts(): Promise<Silent[]> {
  const rows = await sql<Row>`
    SELECT p.id, p.name, p.kind, p.settings, count(*)::int AS sent, (count(*) FILTER (WHERE a.status = 'sent'))::int AS silent,
      EXISTS (SELECT FROM delivery_attempts b WHERE b.account_id = p.id AND b.status IN ('delivered', 'undelivered')
        AND b.started_at > app_now() - interval '7 days' AND b.started_at <= app_now() - interval '1 hour') AS told
    FROM delivery_attempts a JOIN provider_accounts p ON p.id = a.account_id
    WHERE a.started_at > app_now() - interval '1 hour' AND a.started_at <= app_now() - make_interval(secs => ${SILENCE.undecidedSeconds}::int)
      AND a.status IN ('sent', 'delivered', 'undelivered') AND p.kind <> 'demo'
    GROUP BY p.id HAVING count(*) >= ${SILENCE.sent}::int AND count(*) FILTER (WHERE a.status = 'sent') >= count(*) * ${SILENCE.share}::float`;
  return rows
    .filter(({ kind, settings, told }) => told || kindOf(kind)?.promisesReceipts?.(settings))
    .map(({ id, name, sent, silent }) => ({ id, name, sent, silent }));
}

/** Raises the alert for every silent account, once an hour across all workers. */
export async function watchReceipts(): Promise<void> {
  for (const { id, name, sent, silent } of await silentAccounts()) {
    const taken = await sql`
      UPDATE provider_accounts SET silence_told_at = app_now() WHERE id = ${id}::uuid
        AND (silence_told_at IS NULL OR silence_told_at NOT BETWEEN app_now() - interval '1 hour' AND app_now()) RETURNING id`;
    if (taken.length > 0)
      alert(
        "receipts.silent",
        { provider: name, count: silent, outcome: `${silent} of ${sent}` },
        "texts are sent and their receipts do not come",
      );
  }
}
