import { randomUUID } from "node:crypto";
import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql, violatedConstraint } from "#lib/db/sql";
import { matchReceipt } from "#lib/delivery/messages/match-receipt";
import type { LostReason, Receipt } from "#lib/delivery/provider";
import { isKeptByStop } from "#lib/delivery/stops";
import type { DeliveryError } from "#lib/errors";

/** The recipient of a hand-over: a provider account, or the mail transport, which has no account. */
type Taker = { id: string | null; name: string; price?: string | null };

/** A message as one run of its job read it; `tries` is the number of hand-overs begun. */
type Claim = { messageId: string; tries: number; segments?: number | null };

/**
 * Records a hand-over before it begins, so that after a crash its provider is retried only after a status query; null if another run of the job or
 * a receipt came first. `gone`: the account was removed; `stopped`: an operator's stop covers it, checked in this statement, so that no hand-over
 * begins after the stop's commit (trials are exempt).
 */
export async function beginDeliveryAttempt(
  { messageId, tries, segments = null }: Claim,
  taker: Taker,
): Promise<string | "gone" | "stopped" | null> {
  const id = randomUUID();
  try {
    const begun = await sql`
      WITH claimed AS (
        UPDATE messages SET tries = tries + 1 WHERE id = ${messageId}::uuid AND status = 'queued' AND tries = ${tries}::int
          AND (template = 'trial' OR NOT sending_stopped(channel, country, ${taker.id}::uuid, created_at)) RETURNING id, created_at
      )
      INSERT INTO delivery_attempts (id, message_id, message_at, provider, account_id, segments, price)
      SELECT ${id}::uuid, claimed.id, claimed.created_at, ${taker.name}, ${taker.id}::uuid, ${segments}::int, ${taker.price ?? null}::numeric FROM claimed RETURNING id`;
    if (begun.length === 1) return id;
    return (await isKeptByStop(messageId, tries, taker.id)) ? "stopped" : null;
  } catch (error) {
    if (violatedConstraint(error) === "delivery_attempts_account_id_fkey") return "gone";
    throw error;
  }
}

type AttemptOutcome = {
  status: DeliveryStatus;
  reason?: DeliveryError | null;
  ref?: string | null;
  carrier?: string | undefined;
  code?: string | undefined;
};

/** What a provider wrote, as one short line of visible characters; null for anything else. */
const line = (text: string | undefined): string | null => (text && /^[\p{L}\p{N}\p{P}\p{S} ]{1,40}$/u.test(text) ? text : null);

/** Ends an attempt whose message stays open for the next provider. An unknown outcome stays open for a receipt. */
export async function recordTried(attemptId: string, outcome: AttemptOutcome | "unknown"): Promise<void> {
  const {
    status,
    reason = null,
    ref = null,
    carrier,
    code,
  }: AttemptOutcome = outcome === "unknown" ? { status: "queued", reason: "unknown" } : outcome;
  await sql`
    UPDATE delivery_attempts SET status = ${status}::delivery_status, reason = ${reason}, provider_ref = coalesce(${ref}, provider_ref),
      carrier = coalesce(${line(carrier)}, carrier), provider_code = ${line(code)}, status_at = app_now(), ended_at = app_now() WHERE id = ${attemptId}::uuid AND status = 'queued'`;
}

/**
 * Records the outcome of an attempt that decides its message. States only move forward and final ones stay (WH-03), so a receipt that was faster
 * than the answer leaves only the provider's id to store; a refused text returns its send to the challenge, at most twice.
 */
export async function recordOutcome(attemptId: string, outcome: AttemptOutcome): Promise<void> {
  const { status, reason = null, ref = null, carrier, code } = outcome;
  // One statement saves round trips and a commit before the text is sent.
  await sql`
    WITH attempt AS (
      UPDATE delivery_attempts SET status = ${status}::delivery_status, reason = ${reason}, provider_ref = coalesce(${ref}, provider_ref),
        carrier = coalesce(${line(carrier)}, carrier), provider_code = ${line(code)}, status_at = app_now(), ended_at = coalesce(ended_at, app_now())
      WHERE id = ${attemptId}::uuid AND status IN ('queued', 'sent') AND status < ${status}::delivery_status RETURNING message_id, message_at
    ), named AS (
      UPDATE delivery_attempts SET provider_ref = coalesce(${ref}, provider_ref), ended_at = coalesce(ended_at, app_now())
      WHERE id = ${attemptId}::uuid AND NOT EXISTS (SELECT 1 FROM attempt)
    ), message AS (
      UPDATE messages SET status = ${status}::delivery_status, reason = ${reason}, status_at = app_now() FROM attempt
      WHERE messages.id = attempt.message_id AND messages.created_at = attempt.message_at AND status <> 'delivered'
        AND (${status} = 'delivered' OR (status IN ('queued', 'sent') AND status < ${status}::delivery_status))
      RETURNING challenge_id
    )
    UPDATE challenges SET sends_refunded = sends_refunded + 1 FROM message
    WHERE challenges.id = message.challenge_id AND ${status === "undelivered" || status === "failed"}::boolean AND sends_refunded < 2`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns true if a text has the format of an attempt id. */
export const isAttemptId = (value: string | null): value is string => value !== null && UUID.test(value);

/**
 * Records a provider's report on an attempt of its own account, or returns why it changed nothing; it only changes the delivery (WH-04). A delivery
 * ends the message; a failure ends it unless another attempt may still be delivered.
 */
export async function recordReceipt(accountId: string, receipt: Receipt): Promise<"recorded" | LostReason> {
  const { names, to, ...rest } = receipt;
  if (!names) return recordNamed(accountId, rest);
  const match = await matchReceipt(accountId, names, to);
  return typeof match === "string" ? match : recordNamed(accountId, { ...rest, attemptId: match.id });
}

/**
 * Does the same for a receipt with an attempt id, a provider reference, or both; it changes nothing if the attempt has another reference, or
 * another attempt of the account has this one (WH-01). Both lookups use an index, as one plan serves both.
 */
async function recordNamed(accountId: string, receipt: Receipt): Promise<"recorded" | LostReason> {
  const { attemptId = null, ref = null, status, reason = null, carrier, code } = receipt;
  if (attemptId === null ? ref === null : !isAttemptId(attemptId)) return "unmatched";
  const stopped = status === "undelivered" || status === "failed";
  const [row] = await sql<{ known: boolean; own: boolean; moved: string | null }>`
    WITH found AS (
      SELECT id, message_at, ${ref}::text IS NULL OR provider_ref = ${ref} OR (provider_ref IS NULL AND NOT EXISTS (
          SELECT FROM delivery_attempts o WHERE o.account_id = ${accountId}::uuid AND o.provider_ref = ${ref})) AS own
      FROM (
        (SELECT * FROM (SELECT * FROM delivery_attempts WHERE id = ${attemptId}::uuid LIMIT 1) one WHERE account_id = ${accountId}::uuid)
        UNION ALL
        (SELECT * FROM delivery_attempts WHERE ${attemptId}::uuid IS NULL AND account_id = ${accountId}::uuid AND provider_ref = ${ref}
          ORDER BY started_at DESC LIMIT 1)) named
    ), attempt AS (
      UPDATE delivery_attempts SET status = ${status}::delivery_status, reason = ${reason}, provider_ref = coalesce(provider_ref, ${ref}), status_at = app_now(),
        carrier = coalesce(${line(carrier)}, carrier), provider_code = ${line(code)}, ended_at = coalesce(ended_at, app_now())
      FROM found WHERE delivery_attempts.id = found.id AND delivery_attempts.message_at = found.message_at AND found.own
        AND status IN ('queued', 'sent') AND status < ${status}::delivery_status
        AND (${ref}::text IS NULL OR coalesce(provider_ref, ${ref}) = ${ref})
      RETURNING message_id, delivery_attempts.message_at
    ), message AS (
      UPDATE messages SET status = ${status}::delivery_status, reason = ${reason}, status_at = app_now() FROM attempt
      WHERE messages.id = attempt.message_id AND messages.created_at = attempt.message_at AND NOT ${stopped}::boolean AND messages.status <> 'delivered'
        AND (${status} = 'delivered' OR messages.status < ${status}::delivery_status)
    )
    SELECT EXISTS (SELECT 1 FROM found) AS known, coalesce((SELECT own FROM found), false) AS own, (SELECT message_id FROM attempt) AS moved`;
  if (row?.moved && stopped) await endByReceipts(row.moved, status, reason);
  return row?.own ? "recorded" : row?.known ? "other_attempt" : "unmatched";
}

/**
 * Ends a message after a receipt ended its last open attempt. A separate statement: two concurrent receipts would each see the other's attempt as
 * open in their snapshot, and neither would end the message; the later of these statements sees both.
 */
async function endByReceipts(messageId: string, status: DeliveryStatus, reason: DeliveryError | null): Promise<void> {
  await sql`
    WITH message AS (
      UPDATE messages SET status = ${status}::delivery_status, reason = ${reason}, status_at = app_now()
      WHERE id = ${messageId}::uuid AND status IN ('queued', 'sent')
        AND NOT EXISTS (SELECT 1 FROM delivery_attempts o WHERE o.message_id = messages.id AND o.status IN ('queued', 'sent'))
      RETURNING challenge_id
    )
    UPDATE challenges SET sends_refunded = sends_refunded + 1 FROM message WHERE challenges.id = message.challenge_id AND sends_refunded < 2`;
}

/** Ends a message that no provider has certainly accepted; its send is returned like a refused one, and the number of a removed phone is not kept. */
export async function endMessage(messageId: string, reason: DeliveryError): Promise<void> {
  await sql`
    WITH message AS (
      UPDATE messages SET status = 'failed', reason = ${reason}, status_at = app_now(), number_sealed = NULL
      WHERE id = ${messageId}::uuid AND status = 'queued' RETURNING challenge_id
    )
    UPDATE challenges SET sends_refunded = sends_refunded + 1 FROM message WHERE challenges.id = message.challenge_id AND sends_refunded < 2`;
}
