import { createHash } from "node:crypto";
import { type Sql, transaction } from "#lib/db/sql";

type Row = { id: string; content: string };

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
 * Seals events into the hash chain, at most 1,000 at a time, and returns how many. The chain has the order of the sealing, not of the
 * numbers: an event whose transaction commits late is sealed after higher ones.
 */
export async function sealEvents(): Promise<number> {
  return transaction(async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('audit_seal', 0))`;
    const rows = await tx<Row>(
      raw(`WITH taken AS (DELETE FROM audit_unsealed WHERE event_id IN (SELECT event_id FROM audit_unsealed ORDER BY event_id LIMIT 1000) RETURNING event_id)
           SELECT e.id, ${CONTENT} AS content FROM taken t JOIN audit_events e ON e.id = t.event_id ORDER BY e.id`),
    );
    if (rows.length === 0) return 0;
    const { position, hash: last } = await lastSeal(tx);
    let hash = last;
    const hashes = rows.map((row) => {
      hash = chain(hash, row.content);
      return hash;
    });
    await tx`
      INSERT INTO audit_seals (position, event_id, hash)
      SELECT ${position.toString()}::bigint + place, event_id, hash
      FROM unnest(${rows.map(({ id }) => id)}::bigint[], ${hashes}::bytea[]) WITH ORDINALITY sealed (event_id, hash, place)`;
    return rows.length;
  });
}

/**
 * Recomputes the chain; returns the id of the first event that does not fit its seal (altered or gone), or of one that is neither sealed nor
 * waits for it, or null when all fit.
 */
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
    const [lost] = await tx<{ id: string }>`
      SELECT id FROM audit_events e WHERE NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.event_id = e.id)
        AND NOT EXISTS (SELECT 1 FROM audit_unsealed u WHERE u.event_id = e.id) ORDER BY id LIMIT 1`;
    return lost?.id ?? null;
  });
}
