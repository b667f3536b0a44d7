import type { KeyObject } from "node:crypto";
import { type ChainHead, type Link, linkAfter, oldHashAfter, readHead, unfitAfter, withContent } from "#lib/audit/chain";
import { rememberHead } from "#lib/audit/remembered";
import { durableKey } from "#lib/db/durable-keys";
import { type Sql, transaction } from "#lib/db/sql";

const PAGE = 1000;

type Waiting = { id: string; content: string };
type OldSeal = { eventId: string; hash: Buffer; content: string | null; oldContent: string | null };

const WAITING = withContent(
  `SELECT e.id, CONTENT AS content FROM (SELECT event_id FROM audit_unsealed ORDER BY event_id LIMIT $::int) u
     JOIN audit_events e ON e.id = u.event_id ORDER BY u.event_id`,
);
const OLD_SEALS = withContent(
  `SELECT o.event_id, o.hash, CASE WHEN e.id IS NOT NULL THEN CONTENT END AS content, CASE WHEN e.id IS NOT NULL THEN CONTENT_OLD END AS old_content
   FROM (SELECT position, event_id, hash FROM audit_old_seals WHERE position > $::bigint ORDER BY position LIMIT ${PAGE}) o
     LEFT JOIN audit_events e ON e.id = o.event_id ORDER BY o.position`,
);

/**
 * Seals at most so many events into the keyed chain and returns their number: events sealed without a key first, then unsealed ones. The chain
 * follows the order of sealing, not of ids: an event that commits late is sealed after higher ids.
 */
export async function sealEvents({ most = PAGE, patient = false } = {}): Promise<number> {
  const key = await durableKey("audit");
  const head = await transaction(
    async (tx) => {
      await tx`SELECT pg_advisory_xact_lock(hashtextextended('audit_seal', 0))`;
      const last = await readHead(tx);
      const links = (await oldLinks(tx, key, last)) ?? (await waitingLinks(tx, key, last, most));
      const newest = links.at(-1);
      if (!newest) return null;
      await tx`
      SELECT audit_seal(${last.position.toString()}::bigint, ${links.map(({ eventId }) => eventId)}::bigint[], ${links.map(({ hash }) => hash)}::bytea[])`;
      return { ...newest, sealed: links.length };
    },
    { patient },
  );
  if (!head) return 0;
  rememberHead(head);
  return head.sealed;
}

async function waitingLinks(tx: Sql, key: KeyObject, last: Link, most: number): Promise<ChainHead[]> {
  let link = last;
  return (await tx<Waiting>(WAITING, most)).map(({ id, content }) => {
    link = linkAfter(key, link, content);
    return { ...link, eventId: id };
  });
}

/** Where resealing of the old seals resumes; null when all of them are resealed. `hash` is that of the previous old seal. */
async function oldPlace(tx: Sql, last: ChainHead): Promise<{ position: string; hash: Buffer } | null> {
  const [row] = await tx<{ pending: boolean; position: string | null; hash: Buffer | null; kept: boolean }>`
    SELECT EXISTS (SELECT 1 FROM audit_old_seals o WHERE NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.event_id = o.event_id)
                   AND o.position = (SELECT max(position) FROM audit_old_seals)) AS pending,
           o.position, o.hash, EXISTS (SELECT 1 FROM audit_heads) AS kept
    FROM (SELECT 1) one LEFT JOIN audit_old_seals o ON o.event_id = ${last.eventId}::bigint`;
  if (!row?.pending) return null;
  if (row.position && row.hash) return { position: row.position, hash: row.hash };
  // Old seals are not accepted once the chain has begun or a head was sent, because an attacker could have forged them.
  return last.position === 0n && !row.kept ? { position: "0", hash: Buffer.alloc(32) } : null;
}

/** Tells whether seals without a key still have to be resealed. */
export const oldSealsPending = async (tx: Sql): Promise<boolean> => (await oldPlace(tx, await readHead(tx))) !== null;

/** Reseals the next old seals under the key; a seal that does not match its event, or whose event is missing, is marked as broken for ever. */
async function oldLinks(tx: Sql, key: KeyObject, last: ChainHead): Promise<ChainHead[] | null> {
  const place = await oldPlace(tx, last);
  if (!place) return null;
  let link: Link = last;
  let previous = place.hash;
  return (await tx<OldSeal>(OLD_SEALS, place.position)).map(({ eventId, hash, content, oldContent }) => {
    const fits = content !== null && oldContent !== null && oldHashAfter(previous, oldContent).equals(hash);
    previous = hash;
    link = fits ? linkAfter(key, link, content) : unfitAfter(key, link, eventId);
    return { ...link, eventId };
  });
}
