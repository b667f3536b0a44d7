import { randomUUID } from "node:crypto";
import type { Admission, Target } from "#lib/challenges/port";
import { sealCode } from "#lib/crypto/code-seal";
import { newOtp } from "#lib/crypto/codes";
import type { Purpose } from "#lib/db/generated/enums";
import type { Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";

type Queue = { challengeId: string; userId: string | null; locale: string; purpose: Purpose; target: Target };

/** The context of a code: its owner is the account, the address that a sign-up is to prove, or a challenge that has neither. */
function placeOf({ challengeId, userId, target: { channel, authenticatorId, to } }: Queue) {
  return { challengeId, authenticatorId, owner: userId ?? (channel === "EMAIL" ? to : challengeId) };
}

/** Two digits of a number, by which staff find its messages. */
const digitsOf = ({ channel, to }: Target): string | null => (channel === "EMAIL" ? null : to.slice(-2));

/**
 * Makes the code of (challenge, authenticator) if there is none yet, writes the message and queues its sending, all in
 * the transaction that opens or extends the challenge: a text is never lost and never sent for what was rolled back.
 * A resend repeats the same code and never extends its life (NIST SP 800-63B-4 3.1.3.2, OTP-09); only a code that is over is
 * followed by another, because a challenge that waited for its number outlives it. No counter is reset.
 */
export async function queueCode(tx: Sql, queue: Queue): Promise<void> {
  const { challengeId, userId, locale, purpose, target } = queue;
  const sealed = sealCode(placeOf(queue), newOtp());
  const messageId = randomUUID();
  await tx`
    WITH code AS (
      INSERT INTO challenge_codes (challenge_id, authenticator_id, sealed, expires_at)
      SELECT id, ${target.authenticatorId}::uuid, ${sealed}, least(expires_at, app_now() + make_interval(secs => ${env().OTP_TTL_SECONDS}::int))
      FROM challenges WHERE id = ${challengeId}::uuid
      ON CONFLICT (challenge_id, authenticator_id) DO UPDATE SET sealed = EXCLUDED.sealed, expires_at = EXCLUDED.expires_at
        WHERE challenge_codes.expires_at <= app_now()
    ), message AS (
      INSERT INTO messages (id, challenge_id, user_id, authenticator_id, template, channel, country, digits, locale, to_new_number)
      VALUES (${messageId}::uuid, ${challengeId}::uuid, ${userId}::uuid, ${target.authenticatorId}::uuid, ${`code.${purpose}`}, ${target.channel}::channel,
              ${target.country}, ${digitsOf(target)}, ${locale}, ${target.channel !== "EMAIL" && !target.proven})
    )
    SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${messageId}::text), max_attempts => 5, priority => -10)`;
}

/** Why a message is held back, and until when: a moment, seconds from now, or null if an operator decides. */
export type Holding = { reason: DeliveryError; until: Date | number | null };

/** Stores a message that is held back, so that the page can show the reason and the end; sends nothing. */
export async function keepHeld(tx: Sql, queue: Queue, { reason, until }: Holding): Promise<Date | null> {
  const { challengeId, userId, locale, purpose, target } = queue;
  const [at, seconds] = until instanceof Date ? [until, null] : [null, until];
  const [row] = await tx<{ until: Date | null }>`
    INSERT INTO messages (challenge_id, user_id, authenticator_id, template, channel, country, digits, locale, status, reason, until)
    VALUES (${challengeId}::uuid, ${userId}::uuid, ${target.authenticatorId}::uuid, ${`code.${purpose}`}, ${target.channel}::channel, ${target.country}, ${digitsOf(target)}, ${locale},
            'failed', ${reason}, coalesce(${at}::timestamptz, app_now() + make_interval(secs => ${seconds}::int)))
    RETURNING until`;
  if (!row) throw new Error("a held message was not written");
  return row.until;
}

/** Reuses the live code of the mailbox and sends nothing. The message copies the state of the earlier mail, so that the page shows it. */
export async function keepSame(tx: Sql, queue: Queue, same: Extract<Admission, { kind: "same" }>): Promise<void> {
  const { challengeId, userId, locale, purpose, target } = queue;
  const sealed = sealCode(placeOf(queue), same.code);
  await tx`
    WITH code AS (
      INSERT INTO challenge_codes (challenge_id, authenticator_id, sealed, expires_at)
      SELECT id, ${target.authenticatorId}::uuid, ${sealed}, least(expires_at, ${same.expiresAt}::timestamptz) FROM challenges WHERE id = ${challengeId}::uuid
      ON CONFLICT (challenge_id, authenticator_id) DO UPDATE SET sealed = EXCLUDED.sealed, expires_at = EXCLUDED.expires_at
        WHERE challenge_codes.expires_at <= app_now()
    )
    INSERT INTO messages (challenge_id, user_id, authenticator_id, template, channel, locale, status, status_at, until)
    VALUES (${challengeId}::uuid, ${userId}::uuid, ${target.authenticatorId}::uuid, ${`code.${purpose}`}, ${target.channel}::channel, ${locale},
            ${same.status}::delivery_status, ${same.statusAt}::timestamptz, ${same.until}::timestamptz)`;
}

/**
 * Queues a code that its authenticator stores, also to the recovery address. Without `deliver` it is stored as sent, so that the page reveals no
 * account.
 */
export async function queueOwn(tx: Sql, queue: Queue, { deliver }: Extract<Admission, { kind: "own" }>): Promise<void> {
  const { challengeId, locale, purpose, target } = queue;
  const messageId = randomUUID();
  await tx`
    WITH message AS (
      INSERT INTO messages (id, challenge_id, user_id, template, channel, locale, status)
      VALUES (${messageId}::uuid, ${challengeId}::uuid, ${target.account ?? null}::uuid, ${`code.${purpose}`}, ${target.channel}::channel, ${locale},
              CASE WHEN ${deliver}::boolean THEN 'queued' ELSE 'sent' END::delivery_status)
    ), second AS (
      INSERT INTO messages (user_id, template, channel, locale, recipient)
      SELECT r.user_id, ${`code.${purpose}`}, ${target.channel}::channel, ${locale}, r.email FROM recovery_addresses r
      WHERE r.user_id = ${target.account ?? null}::uuid AND r.counts_from <= app_now() AND ${deliver}::boolean RETURNING id)
    SELECT graphile_worker.add_job('send_message', json_build_object('messageId', id), max_attempts => 10, priority => -10)
    FROM (SELECT ${messageId}::text AS id UNION ALL SELECT id::text FROM second) queued`;
}
