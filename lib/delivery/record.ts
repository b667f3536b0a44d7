import { randomUUID } from "node:crypto";
import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { DeliveryError } from "#lib/errors";

/** Notes that a hand-over begins, before it does: after a crash the attempt is known and its provider is not asked twice unasked. */
export async function beginDeliveryAttempt(messageId: string, provider: string): Promise<string> {
  const id = randomUUID();
  await sql`INSERT INTO delivery_attempts (id, message_id, provider) VALUES (${id}::uuid, ${messageId}::uuid, ${provider})`;
  return id;
}

export type Outcome = { status: DeliveryStatus; reason?: DeliveryError | null; ref?: string | null };

/**
 * Records what became of an attempt and moves its message forward, never back: a state only follows a lower one, and a
 * terminal one stays (WH-03). A text the network refused gives its send back to the challenge, at most twice (1.0).
 */
export async function recordOutcome(attemptId: string, outcome: Outcome, last = true): Promise<void> {
  const { status, reason = null, ref = null } = outcome;
  const refund = status === "undelivered" || status === "failed";
  // One statement, so one round trip and one commit: a text is on its way to the phone sooner.
  await sql`
    WITH attempt AS (
      UPDATE delivery_attempts SET status = ${status}::delivery_status, reason = ${reason}, provider_ref = coalesce(${ref}, provider_ref), status_at = app_now()
      WHERE id = ${attemptId}::uuid AND status IN ('queued', 'sent') AND status < ${status}::delivery_status RETURNING message_id
    ), message AS (
      UPDATE messages SET status = ${status}::delivery_status, reason = ${reason}, status_at = app_now() FROM attempt
      WHERE messages.id = attempt.message_id AND ${last}::boolean AND status IN ('queued', 'sent') AND status < ${status}::delivery_status
      RETURNING challenge_id
    )
    UPDATE challenges SET sends_refunded = sends_refunded + 1 FROM message
    WHERE challenges.id = message.challenge_id AND ${refund}::boolean AND sends_refunded < 2`;
}

/** Ends a message that no attempt was made for. */
export async function endMessage(messageId: string, reason: DeliveryError): Promise<void> {
  await sql`UPDATE messages SET status = 'failed', reason = ${reason}, status_at = app_now() WHERE id = ${messageId}::uuid AND status = 'queued'`;
}
