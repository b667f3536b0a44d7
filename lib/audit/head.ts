import { type ChainHead, readHead, textOf } from "#lib/audit/chain";
import { sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { log } from "#lib/log";

/**
 * Sends the head of the chain outside the database, because only an external copy detects a chain that was truncated, or rewritten with the key.
 */

const tell = (head: ChainHead) => log.info({ event: "audit.head", head: textOf(head) }, "the head of the audit log");

/** Logs the head when a process starts; logs nothing if the chain is empty or the database is unavailable. */
export async function logHead(): Promise<void> {
  const head = await readHead(sql).catch(() => null);
  if (head && head.position > 0n) tell(head);
}

/** The configured channels that a head is sent by. */
const ways = (): ("webhook" | "mail")[] => [
  ...(env().AUDIT_WEBHOOK_URL ? (["webhook"] as const) : []),
  ...(env().AUDIT_MAIL_TO ? (["mail"] as const) : []),
];

/**
 * Records and sends the head if it has changed and the last one was sent an hour ago or earlier: as a row, as a log line, and as send jobs. Returns
 * that head, else null.
 */
export async function keepHead(): Promise<ChainHead | null> {
  const kept = await transaction(async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('audit_head', 0))`;
    const head = await readHead(tx);
    if (head.position === 0n) return null;
    const [row] = await tx`
      INSERT INTO audit_heads (position, event_id, hash)
      SELECT ${head.position.toString()}::bigint, ${head.eventId}::bigint, ${head.hash}
      WHERE NOT EXISTS (SELECT 1 FROM audit_heads WHERE position >= ${head.position.toString()}::bigint OR at > now() - interval '1 hour')
      RETURNING position`;
    if (!row) return null;
    for (const way of ways())
      await tx`SELECT graphile_worker.add_job('tell_audit_head', json_build_object('position', ${head.position.toString()}::text, 'way', ${way}::text))`;
    return head;
  });
  if (kept) tell(kept);
  return kept;
}
