import { type Head, readHead, textOf } from "#lib/audit/chain";
import { sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { log } from "#lib/log";

/** The head of the chain leaves the database: what was cut off or written anew with the key can be told by a head that was kept elsewhere alone. */

const tell = (head: Head) => log.info({ event: "audit.head", head: textOf(head) }, "the head of the audit log");

/** Writes the head into the log at the start of a process; says nothing while the chain is empty or the database away. */
export async function logHead(): Promise<void> {
  const head = await readHead(sql).catch(() => null);
  if (head && head.position > 0n) tell(head);
}

/** The ways by which a head is sent, as far as they are configured. */
const ways = (): ("webhook" | "mail")[] => [
  ...(env().AUDIT_WEBHOOK_URL ? (["webhook"] as const) : []),
  ...(env().AUDIT_MAIL_TO ? (["mail"] as const) : []),
];

/**
 * Keeps and tells the head when it has moved and the last one was told an hour ago or more: as a row that must stay true, as a line of the
 * log, and as jobs that send it. Returns the head that was told, else null.
 */
export async function keepHead(): Promise<Head | null> {
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
