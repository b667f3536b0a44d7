import { createHash } from "node:crypto";
import { type Sql, transaction } from "#lib/db/sql";

type Row = { id: string; at: string; event: string; content: string };

const chain = (previous: Buffer, content: string) => createHash("sha256").update(previous).update(content).digest();
const GENESIS = Buffer.alloc(32);

/** Events as one canonical text each; `row_to_json` over named columns keeps the text stable when columns are added. */
const CONTENT = `json_build_array(e.id, extract(epoch FROM e.at), e.event, e.subject, e.challenge_id, e.session_id, e.method, e.ip, e.user_agent)::text`;

async function lastSeal(tx: Sql) {
  const [last] = await tx<{ position: string; hash: Buffer }>`SELECT position, hash FROM audit_seals ORDER BY position DESC LIMIT 1`;
  return { position: BigInt(last?.position ?? 0), hash: last?.hash ?? GENESIS };
}

const raw = (text: string) => Object.assign([text], { raw: [text] }) as unknown as TemplateStringsArray;

/**
 * Seals events into the hash chain, at most 1,000 at a time, and returns how many.
 * Only events of transactions older than every running one are taken: a lower id that commits later would otherwise be missed.
 */
export async function sealEvents(): Promise<number> {
  return transaction(async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('audit_seal', 0))`;
    const rows = await tx<Row>(
      raw(`SELECT e.id, ${CONTENT} AS content FROM audit_events e LEFT JOIN audit_seals s ON s.event_id = e.id
           WHERE s.event_id IS NULL AND e.transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY e.id LIMIT 1000`),
    );
    let { position, hash } = await lastSeal(tx);
    for (const row of rows) {
      position += 1n;
      hash = chain(hash, row.content);
      await tx`INSERT INTO audit_seals (position, event_id, hash) VALUES (${position.toString()}::bigint, ${row.id}::bigint, ${hash})`;
    }
    return rows.length;
  });
}

/** Recomputes the chain; returns the id of the first event that does not fit its seal (altered or gone), or null when all fit. */
export async function verifyChain(): Promise<string | null> {
  return transaction(async (tx) => {
    const rows = await tx<{ event_id: string; hash: Buffer; content: string | null }>(
      raw(`SELECT s.event_id, s.hash, CASE WHEN e.id IS NOT NULL THEN ${CONTENT} END AS content
           FROM audit_seals s LEFT JOIN audit_events e ON e.id = s.event_id ORDER BY s.position`),
    );
    let hash: Buffer = GENESIS;
    for (const row of rows) {
      if (row.content === null) return row.event_id;
      hash = chain(hash, row.content);
      if (!hash.equals(row.hash)) return row.event_id;
    }
    return null;
  });
}
