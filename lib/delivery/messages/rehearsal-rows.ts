import { sql } from "#lib/db/sql";

/** Writes what became of the messages of rehearsals into their rows, which outlive the months of messages; numbers are kept for 30 days. */
export async function keepRehearsals(): Promise<void> {
  await sql`
    UPDATE rehearsals r SET status = m.status, reason = m.reason, provider = a.provider, carrier = a.carrier, seconds = a.seconds
    FROM rehearsals o JOIN LATERAL (SELECT * FROM messages WHERE id = o.message_id LIMIT 1) m ON true
      LEFT JOIN LATERAL (SELECT provider, carrier, extract(epoch FROM status_at - started_at)::float AS seconds FROM delivery_attempts
        WHERE message_id = o.message_id ORDER BY status = 'delivered' DESC, started_at DESC LIMIT 1) a ON true
    WHERE r.id = o.id AND o.status IN ('queued', 'sent') AND (r.status, r.provider) IS DISTINCT FROM (m.status, a.provider)`;
  await sql`UPDATE rehearsals SET number_sealed = NULL WHERE number_sealed IS NOT NULL AND created_at < app_now() - interval '30 days'`;
}
