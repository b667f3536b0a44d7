import { createHmac } from "node:crypto";
import { durableKey } from "#lib/crypto/durable-keys";
import { sql } from "#lib/db/sql";
import { log } from "#lib/log";

/** What is refused leaves a trace: one event a minute with a count, so that a flood of refusals does not flood the log. */

export type RefusedEvent = "sign_in.refused" | "sign_up.refused" | "send.refused" | "challenge.refused";

export type Refusal = {
  event: RefusedEvent;
  /** Why: the name of the limit that was reached, `locked` or `braked`; a word of ours, never what a person typed. */
  reason: string;
  /** The address, or the block of it, that limits count by. */
  ip: string;
  /** The account that it is about, where there is one. */
  userId?: string | null;
  /** What was typed where there is no account; only its keyed hash is kept. */
  identifier?: string | null;
};

/**
 * Counts a refusal in a commit of its own. Call it before the refusal is answered, and after the transaction that was refused has ended: it
 * takes a connection of its own, and an effect that is rolled back must not take this with it (LG-04).
 */
export async function recordRefusal({ event, reason, ip, userId, identifier }: Refusal): Promise<void> {
  const hash = identifier && !userId ? await identifierHash(identifier) : null;
  await sql`SELECT audit_refuse(${event}, ${userId ?? null}::uuid, ${hash}::bytea, ${ip}, ${reason})`;
}

/** The name of an identifier in the log: the same one has the same, also after the keys were rotated. 16 bytes. */
export async function identifierHash(identifier: string): Promise<Buffer> {
  const key = await durableKey("audit");
  return createHmac("sha256", key).update(`identifier\0${identifier}`).digest().subarray(0, 16);
}

/** Appends to the log what was refused in the minutes that are over; returns how many events that were. */
export async function appendRefusals(): Promise<number> {
  const events = await sql<{ event: string; reason: string; times: number }>`SELECT * FROM audit_append_refusals()`;
  for (const { event, reason, times } of events) log.info({ event, reason, count: times }, "refused");
  return events.length;
}
