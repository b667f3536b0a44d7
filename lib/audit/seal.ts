import type { KeyObject } from "node:crypto";
import { type Head, type Link, linkAfter, oldHashAfter, readHead, unfitAfter, withContent } from "#lib/audit/chain";
import { rememberHead } from "#lib/audit/remembered";
import { durableKey } from "#lib/crypto/durable-keys";
import { type Sql, transaction } from "#lib/db/sql";

const PAGE = 1000;

type Waiting = { id: string; content: string };
type OldSeal = { event_id: string; hash: Buffer; content: string | null; old_content: string | null };

const WAITING = withContent(
  `SELECT e.id, CONTENT AS content FROM (SELECT event_id FROM audit_unsealed ORDER BY event_id LIMIT ${PAGE}) u
     JOIN audit_events e ON e.id = u.event_id ORDER BY u.event_id`,
);
const OLD_SEALS = withContent(
  `SELECT o.event_id, o.hash, CASE WHEN e.id IS NOT NULL THEN CONTENT END AS content, CASE WHEN e.id IS NOT NULL THEN CONTENT_OLD END AS old_content
   FROM (SELECT position, event_id, hash FROM audit_old_seals WHERE position > $::bigint ORDER BY position LIMIT ${PAGE}) o
     LEFT JOIN audit_events e ON e.id = o.event_id ORDER BY o.position`,
);

/**
 * Seals into the keyed chain what comes next, at most 1,000 events, and returns how many: first what was sealed without a key, then what
 * waits. The chain has the order of the sealing, not of the numbers: an event whose transaction commits late is sealed after higher ones.
 */
export async function sealEvents(): Promise<number> {
  const key = await durableKey("audit");
  const head = await transaction(async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('audit_seal', 0))`;
    const last = await readHead(tx);
    const links = (await oldLinks(tx, key, last)) ?? (await waitingLinks(tx, key, last));
    const newest = links.at(-1);
    if (!newest) return null;
    await tx`
      SELECT audit_seal(${last.position.toString()}::bigint, ${links.map(({ eventId }) => eventId)}::bigint[], ${links.map(({ hash }) => hash)}::bytea[])`;
    return { ...newest, sealed: links.length };
  });
  if (!head) return 0;
  rememberHead(head);
  return head.sealed;
}

async function waitingLinks(tx: Sql, key: KeyObject, last: Link): Promise<Head[]> {
  let link = last;
  return (await tx<Waiting>(WAITING)).map(({ id, content }) => {
    link = linkAfter(key, link, content);
    return { ...link, eventId: id };
  });
}

/** Where the old seals are to be taken up: null when all of them are sealed again. `hash` is that of the old seal before. */
async function oldPlace(tx: Sql, last: Head): Promise<{ position: string; hash: Buffer } | null> {
  const [row] = await tx<{ pending: boolean; position: string | null; hash: Buffer | null; kept: boolean }>`
    SELECT EXISTS (SELECT 1 FROM audit_old_seals o WHERE NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.event_id = o.event_id)
                   AND o.position = (SELECT max(position) FROM audit_old_seals)) AS pending,
           o.position, o.hash, EXISTS (SELECT 1 FROM audit_heads) AS kept
    FROM (SELECT 1) one LEFT JOIN audit_old_seals o ON o.event_id = ${last.eventId}::bigint`;
  if (!row?.pending) return null;
  if (row.position && row.hash) return { position: row.position, hash: row.hash };
  // A chain that has begun, or one of which a head was told, does not begin anew: its old seals would be a forger's.
  return last.position === 0n && !row.kept ? { position: "0", hash: Buffer.alloc(32) } : null;
}

/** Whether seals without a key are still to be sealed again. */
export const oldSealsPending = async (tx: Sql): Promise<boolean> => (await oldPlace(tx, await readHead(tx))) !== null;

/** The old seals that come next, under the key; one that does not fit its event, or whose event is gone, never will. */
async function oldLinks(tx: Sql, key: KeyObject, last: Head): Promise<Head[] | null> {
  const place = await oldPlace(tx, last);
  if (!place) return null;
  let link: Link = last;
  let previous = place.hash;
  return (await tx<OldSeal>(OLD_SEALS, place.position)).map(({ event_id, hash, content, old_content }) => {
    const fits = content !== null && old_content !== null && oldHashAfter(previous, old_content).equals(hash);
    previous = hash;
    link = fits ? linkAfter(key, link, content) : unfitAfter(key, link, event_id);
    return { ...link, eventId: event_id };
  });
}
