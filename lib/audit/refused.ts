import { createHmac } from "node:crypto";
import { durableKey } from "#lib/db/durable-keys";
import { sql } from "#lib/db/sql";
import { log } from "#lib/log";

/** Refusals in the audit log: one event a minute with a count, so that a flood of refusals does not flood the log. */

export type RefusedEvent =
  | "sign_in.refused"
  | "sign_up.refused"
  | "send.refused"
  | "challenge.refused"
  | "reset.refused"
  | "confirmation.refused"
  | "notice_code.refused";

type RefusedEntry = {
  event: RefusedEvent;
  /** The reason: the name of the limit, `locked` or `braked`; never user input. */
  reason: string;
  /** The address, or its block, that limits count by. */
  ip: string;
  /** The account concerned, if there is one. */
  userId?: string | null;
  /** The typed identifier if it has no account; only its keyed hash is stored. */
  identifier?: string | null;
};

/**
 * Counts a refusal in its own transaction and on its own connection, so that a rollback of the refused effect does not lose it (LG-04). Call it
 * after the refused transaction has ended and before the answer.
 */
export async function recordRefusal({ event, reason, ip, userId, identifier }: RefusedEntry): Promise<void> {
  const hash = identifier && !userId ? await identifierHash(identifier) : null;
  await sql`SELECT audit_refuse(${event}, ${userId ?? null}::uuid, ${hash}::bytea, ${ip}, ${reason})`;
}

/** The keyed hash that names an identifier in the log, stable across key rotations. 16 bytes. */
export async function identifierHash(identifier: string): Promise<Buffer> {
  const key = await durableKey("audit");
  return createHmac("sha256", key).update(`identifier\0${identifier}`).digest().subarray(0, 16);
}

/** Appends the refusals of completed minutes to the log; returns the number of events. */
export async function appendRefusals(): Promise<number> {
  const events = await sql<{ event: string; reason: string; times: number }>`SELECT * FROM audit_append_refusals()`;
  for (const { event, reason, times } of events) log.info({ event, reason, count: times }, "refused");
  return events.length;
}
