import { createHash, createHmac, type KeyObject } from "node:crypto";
import { composed, type Sql } from "#lib/db/sql";

/** The chain of the audit log: each seal is a MAC over the previous seal, its own position and the event. Pure except for reading the head. */

/** A position in the chain; 0 is before the first seal. */
export type Link = { position: bigint; hash: Buffer };

export const GENESIS: Link = { position: 0n, hash: Buffer.alloc(32) };

/** An event as one canonical text over named columns, so that adding a column does not change existing seals. */
export const CONTENT = `json_build_array(e.id, extract(epoch FROM e.at), e.event, e.subject, e.challenge_id, e.session_id, e.method, e.ip,
  e.user_agent, e.reason, encode(e.identifier_hash, 'hex'), e.times)::text`;

/** The content of the old seals without a key; only read to reseal events that are older than the key. */
const OLD_CONTENT = `json_build_array(e.id, extract(epoch FROM e.at), e.event, e.subject, e.challenge_id, e.session_id, e.method, e.ip,
  e.user_agent)::text`;

/** A statement in which CONTENT stands for the sealed content of an event, and CONTENT_OLD for the content of an old seal without a key. */
export const withContent = (text: string): TemplateStringsArray =>
  composed(text.replaceAll("CONTENT_OLD", OLD_CONTENT).replaceAll("CONTENT", CONTENT));

const placed = (key: KeyObject, use: string, { position, hash }: Link) =>
  createHmac("sha256", key).update(`${use}\0${position}\0`).update(hash);

/** Computes the link that seals an event after the previous link (HMAC-SHA-256). */
export const linkAfter = (key: KeyObject, last: Link, content: string): Link => ({
  position: last.position + 1n,
  hash: placed(key, "seal", last).update(content).digest(),
});

/** Computes the link of an old seal that did not match its event: it matches no event, so that verification always reports it. */
export const unfitAfter = (key: KeyObject, last: Link, eventId: string): Link => ({
  position: last.position + 1n,
  hash: placed(key, "unfit", last).update(eventId).digest(),
});

/** Computes a seal of the chain before it had a key (SHA-256). */
export const oldHashAfter = (previous: Buffer, content: string): Buffer => createHash("sha256").update(previous).update(content).digest();

/** Formats a link as `POSITION:HASH`, with the hash in hexadecimal. */
export const textOf = ({ position, hash }: Link): string => `${position}:${hash.toString("hex")}`;

/** Parses the format of `textOf`; null for anything else. */
export function linkOf(text: string): Link | null {
  const [, position, hash] = /^(\d{1,18}):([0-9a-f]{64})$/i.exec(text.trim()) ?? [];
  return position && hash ? { position: BigInt(position), hash: Buffer.from(hash, "hex") } : null;
}

export type ChainHead = Link & { eventId: string };

/** Reads the newest seal; position 0 for an empty chain. */
export async function readHead(tx: Sql): Promise<ChainHead> {
  const [last] = await tx<{ position: string; hash: Buffer; eventId: string }>`
    SELECT position, hash, event_id FROM audit_seals ORDER BY position DESC LIMIT 1`;
  return last ? { position: BigInt(last.position), hash: last.hash, eventId: last.eventId } : { ...GENESIS, eventId: "0" };
}
