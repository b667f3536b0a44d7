import type { KeyObject } from "node:crypto";
import { type ChainHead, GENESIS, type Link, linkAfter, readHead, withContent } from "#lib/audit/chain";
import { rememberedHead, rememberHead } from "#lib/audit/remembered";
import { oldSealsPending } from "#lib/audit/seal";
import { durableKey } from "#lib/db/durable-keys";
import { sql } from "#lib/db/sql";

/**
 * `altered`: the event or its seal was changed. `deleted`: a seal has no event, or is missing itself. `unsealed`: an event is neither sealed nor
 * waiting for its seal. `cut_off`: the chain ends before a sent head, or differs from it.
 */
export type Broken = { eventId: string; why: "altered" | "deleted" | "unsealed" | "cut_off" };

const PAGE = 1000;

type Sealed = { position: string; eventId: string; hash: Buffer; content: string | null };

const SEALS = withContent(
  `SELECT s.position, s.event_id, s.hash, CASE WHEN e.id IS NOT NULL THEN CONTENT END AS content
   FROM (SELECT position, event_id, hash FROM audit_seals WHERE position > $::bigint ORDER BY position LIMIT ${PAGE}) s
     LEFT JOIN audit_events e ON e.id = s.event_id ORDER BY s.position`,
);

type Page<To> = { to: To; more: boolean; broken: Broken | null };

/** Verifies at most 1,000 seals after a position. */
export async function verifySeals(key: KeyObject, from: Link): Promise<Page<Link>> {
  const rows = await sql<Sealed>(SEALS, from.position.toString());
  let to = from;
  for (const { position, eventId, hash, content } of rows) {
    const broken = (why: Broken["why"]) => ({ to, more: false, broken: { eventId: eventId, why } });
    if (content === null || BigInt(position) !== to.position + 1n) return broken("deleted");
    const link = linkAfter(key, to, content);
    if (!link.hash.equals(hash)) return broken("altered");
    to = link;
  }
  return { to, more: rows.length === PAGE, broken: null };
}

/**
 * Searches at most 1,000 events after an id for one that is neither sealed nor waiting. Subqueries cost one index lookup each; a join may scan from
 * the first seal for every page, or hash all seals.
 */
export async function verifyEvents(after: string): Promise<Page<string>> {
  const rows = await sql<{ id: string; known: boolean; sealedBefore: boolean }>`
    SELECT e.id,
      (SELECT true FROM audit_seals s WHERE s.event_id = e.id) IS NOT NULL OR (SELECT true FROM audit_unsealed u WHERE u.event_id = e.id) IS NOT NULL AS known,
      (SELECT true FROM audit_old_seals o WHERE o.event_id = e.id) IS NOT NULL AS sealed_before
    FROM audit_events e WHERE e.id > ${after}::bigint ORDER BY e.id LIMIT 1000`;
  let lost = rows.find(({ known, sealedBefore }) => !known && !sealedBefore);
  const old = rows.find(({ known, sealedBefore }) => !known && sealedBefore);
  if (old && !(await oldSealsPending(sql)) && (!lost || BigInt(old.id) < BigInt(lost.id))) lost = old;
  const broken = lost ? ({ eventId: lost.id, why: "unsealed" } as const) : null;
  return { to: rows.at(-1)?.id ?? after, more: !broken && rows.length === PAGE, broken };
}

/** Checks that every sent head and the head in this process's memory are still in the chain, and that each waiting entry has its event. */
export async function verifyHeads(): Promise<Broken | null> {
  const seen = rememberedHead();
  const [moved] = await sql<{ eventId: string }>`
    SELECT h.event_id FROM (SELECT position, event_id, hash FROM audit_heads UNION ALL SELECT ${seen?.position.toString() ?? null}::bigint, ${seen?.eventId ?? null}::bigint, ${seen?.hash ?? null}::bytea) h
      LEFT JOIN audit_seals s ON s.position = h.position
    WHERE h.position IS NOT NULL AND s.hash IS DISTINCT FROM h.hash ORDER BY h.position LIMIT 1`;
  if (moved) return { eventId: moved.eventId, why: "cut_off" };
  const [gone] = await sql<{ eventId: string }>`
    SELECT u.event_id FROM audit_unsealed u WHERE NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.id = u.event_id) ORDER BY 1 LIMIT 1`;
  return gone ? { eventId: gone.eventId, why: "deleted" } : null;
}

/** Compares the chain with an external copy of a head; `broken` names the event at its position, or the position after the last one. */
async function verifyAgainst(given: Link): Promise<Broken | null> {
  if (given.position === 0n) return null;
  const [seal] = await sql<{ eventId: string; hash: Buffer }>`
    SELECT event_id, hash FROM audit_seals WHERE position = ${given.position.toString()}::bigint`;
  if (seal?.hash.equals(given.hash)) return null;
  const { eventId } = await readHead(sql);
  return { eventId: seal?.eventId ?? String(BigInt(eventId) + 1n), why: "cut_off" };
}

/**
 * Verifies the log page by page from its first seal, until `until` (a `performance.now()` value); `complete` tells whether it reached the end.
 * Throws `SealError` when the key of the chain cannot be opened.
 */
export async function verifyChain({ given = null as Link | null, until = Number.POSITIVE_INFINITY } = {}): Promise<{
  broken: Broken | null;
  head: ChainHead;
  complete: boolean;
}> {
  const key = await durableKey("audit");
  const late = () => performance.now() > until;
  const told = async (broken: Broken | null, complete: boolean) => ({ broken, complete, head: await readHead(sql) });
  for (let page = await verifySeals(key, GENESIS); ; page = await verifySeals(key, page.to)) {
    if (page.broken) return told(page.broken, true);
    if (!page.more) break;
    if (late()) return told(await verifyHeads(), false);
  }
  for (let page = await verifyEvents("0"); ; page = await verifyEvents(page.to)) {
    if (page.broken) return told(page.broken, true);
    if (!page.more) break;
    if (late()) return told(await verifyHeads(), false);
  }
  const all = await told((await verifyHeads()) ?? (given && (await verifyAgainst(given))), true);
  if (!all.broken) rememberHead(all.head);
  return all;
}
