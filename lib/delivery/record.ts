import { randomUUID } from "node:crypto";
import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { Receipt } from "#lib/delivery/provider";
import type { DeliveryError } from "#lib/errors";

/** Who a message is handed to: an account, or the mail transport that has none. */
export type Taker = { id: string | null; name: string; price?: string | null };

/** Notes that a hand-over begins, before it does: after a crash the attempt is known and its provider is not asked twice unasked. */
export async function beginDeliveryAttempt(messageId: string, taker: Taker, segments: number | null = null): Promise<string> {
  const id = randomUUID();
  await sql`
    INSERT INTO delivery_attempts (id, message_id, provider, account_id, segments, price)
    VALUES (${id}::uuid, ${messageId}::uuid, ${taker.name}, ${taker.id}::uuid, ${segments}::int, ${taker.price ?? null}::numeric)`;
  return id;
}

export type Outcome = { status: DeliveryStatus; reason?: DeliveryError | null; ref?: string | null };

/** Ends an attempt that leaves its message open: the next provider is asked. Whether one that did not answer took it stays open for a receipt. */
export async function recordTried(attemptId: string, outcome: Outcome | "unknown"): Promise<void> {
  const { status, reason = null, ref = null } = outcome === "unknown" ? { status: "queued" as const, reason: "unknown" as const } : outcome;
  await sql`
    UPDATE delivery_attempts SET status = ${status}::delivery_status, reason = ${reason}, provider_ref = coalesce(${ref}, provider_ref),
      status_at = app_now(), ended_at = app_now() WHERE id = ${attemptId}::uuid AND status = 'queued'`;
}

/**
 * Records the outcome of an attempt that decides its message, and moves both forward, never back: a state only follows a lower one, and a
 * terminal one stays (WH-03). A text the network refused gives its send back to the challenge, at most twice (1.0).
 */
export async function recordOutcome(attemptId: string, outcome: Outcome): Promise<void> {
  const { status, reason = null, ref = null } = outcome;
  // One statement, so one round trip and one commit: a text is on its way to the phone sooner.
  await sql`
    WITH attempt AS (
      UPDATE delivery_attempts SET status = ${status}::delivery_status, reason = ${reason}, provider_ref = coalesce(${ref}, provider_ref),
        status_at = app_now(), ended_at = coalesce(ended_at, app_now())
      WHERE id = ${attemptId}::uuid AND status IN ('queued', 'sent') AND status < ${status}::delivery_status RETURNING message_id
    ), message AS (
      UPDATE messages SET status = ${status}::delivery_status, reason = ${reason}, status_at = app_now() FROM attempt
      WHERE messages.id = attempt.message_id AND status IN ('queued', 'sent') AND status < ${status}::delivery_status
      RETURNING challenge_id
    )
    UPDATE challenges SET sends_refunded = sends_refunded + 1 FROM message
    WHERE challenges.id = message.challenge_id AND ${status === "undelivered" || status === "failed"}::boolean AND sends_refunded < 2`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Records what a provider reports later of an attempt of its own account; false when there is no such attempt. Nothing but delivery moves (WH-04).
 * The message follows unless another attempt of it may still arrive; one that ended because nobody answered is corrected by an arrival.
 */
export async function recordReceipt(accountId: string, receipt: Receipt): Promise<boolean> {
  const { attemptId = null, ref = null, status, reason = null } = receipt;
  if (attemptId === null ? ref === null : !UUID.test(attemptId)) return false;
  const stopped = status === "undelivered" || status === "failed";
  const [row] = await sql<{ known: boolean }>`
    WITH found AS (
      SELECT id FROM delivery_attempts
      WHERE account_id = ${accountId}::uuid AND CASE WHEN ${attemptId}::uuid IS NOT NULL THEN id = ${attemptId}::uuid ELSE provider_ref = ${ref} END
      ORDER BY started_at DESC LIMIT 1
    ), attempt AS (
      UPDATE delivery_attempts SET status = ${status}::delivery_status, reason = ${reason}, provider_ref = coalesce(provider_ref, ${ref}), status_at = app_now(),
        ended_at = coalesce(ended_at, app_now())
      FROM found WHERE delivery_attempts.id = found.id AND status IN ('queued', 'sent') AND status < ${status}::delivery_status
      RETURNING delivery_attempts.id, message_id
    ), message AS (
      UPDATE messages SET status = ${status}::delivery_status, reason = ${reason}, status_at = app_now() FROM attempt
      WHERE messages.id = attempt.message_id
        AND ((messages.status IN ('queued', 'sent') AND messages.status < ${status}::delivery_status)
          OR (messages.status = 'failed' AND messages.reason = 'unknown' AND ${status} = 'delivered'))
        AND NOT (${stopped}::boolean AND EXISTS (
          SELECT 1 FROM delivery_attempts o WHERE o.message_id = messages.id AND o.id <> attempt.id AND o.status IN ('queued', 'sent')))
      RETURNING challenge_id
    ), refund AS (
      UPDATE challenges SET sends_refunded = sends_refunded + 1 FROM message
      WHERE challenges.id = message.challenge_id AND ${stopped}::boolean AND sends_refunded < 2
    )
    SELECT EXISTS (SELECT 1 FROM found) AS known`;
  return row?.known ?? false;
}

/** Ends a message that nobody took, or nobody surely; the send is given back like a refused one. */
export async function endMessage(messageId: string, reason: DeliveryError): Promise<void> {
  await sql`
    WITH message AS (
      UPDATE messages SET status = 'failed', reason = ${reason}, status_at = app_now() WHERE id = ${messageId}::uuid AND status = 'queued' RETURNING challenge_id
    )
    UPDATE challenges SET sends_refunded = sends_refunded + 1 FROM message WHERE challenges.id = message.challenge_id AND sends_refunded < 2`;
}
