import { randomUUID } from "node:crypto";
import type { MailWay } from "#lib/challenges/mail-share";
import { sealCode } from "#lib/crypto/code-seal";
import { newOtp } from "#lib/crypto/codes";
import type { Channel } from "#lib/db/generated/enums";
import type { Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";

/** Where a code goes: a phone of the account (`proven` once it was bound), or the address of the challenge. */
export type Target =
  | { channel: "EMAIL"; email: string }
  | { channel: "SMS" | "VOICE"; phoneId: string; e164: string; country: string; proven: boolean };

/** A target of texts or calls. */
export type PhoneTarget = Exclude<Target, { channel: "EMAIL" }>;

type Queue = { challengeId: string; userId: string | null; locale: string; purpose: string; target: Target };

/** The owner of the code: the account, or the address that a sign-up is to prove. */
function ownerOf({ userId, target }: Pick<Queue, "userId" | "target">): string {
  const owner = userId ?? (target.channel === "EMAIL" ? target.email : null);
  if (owner === null) throw new Error("a text or call for no account");
  return owner;
}

/**
 * Makes the code of (challenge, authenticator) if there is none yet, writes the message and queues its sending, all in
 * the transaction that opens or extends the challenge: a text is never lost and never sent for what was rolled back.
 * A resend repeats the same code and never extends its life (NIST SP 800-63B-4 3.1.3.2, OTP-09); only a code that is over is
 * followed by another, because a challenge that waited for its number outlives it. No counter is reset.
 */
export async function queueCode(tx: Sql, { challengeId, userId, locale, purpose, target }: Queue): Promise<void> {
  const phoneId = target.channel === "EMAIL" ? null : target.phoneId;
  const sealed = sealCode({ challengeId, phoneId, owner: ownerOf({ userId, target }) }, newOtp());
  const messageId = randomUUID();
  await tx`
    WITH code AS (
      INSERT INTO challenge_codes (challenge_id, phone_id, sealed, expires_at)
      SELECT id, ${phoneId}::uuid, ${sealed}, least(expires_at, app_now() + make_interval(secs => ${env().OTP_TTL_SECONDS}::int))
      FROM challenges WHERE id = ${challengeId}::uuid
      ON CONFLICT (challenge_id, phone_id) DO UPDATE SET sealed = EXCLUDED.sealed, expires_at = EXCLUDED.expires_at
        WHERE challenge_codes.expires_at <= app_now()
    ), message AS (
      INSERT INTO messages (id, challenge_id, user_id, phone_id, template, channel, country, locale)
      VALUES (${messageId}::uuid, ${challengeId}::uuid, ${userId}::uuid, ${phoneId}::uuid, ${`code.${purpose}`}, ${target.channel as Channel}::channel,
              ${target.channel === "EMAIL" ? null : target.country}, ${locale})
    )
    SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${messageId}::text), max_attempts => 5, priority => -10)`;
}

/** Why a message is held back, and until when: a moment, seconds from now, or null if an operator decides. */
export type Holding = { reason: DeliveryError; until: Date | number | null };

/** Stores a message that is held back, so that the page can show the reason and the end; sends nothing. */
export async function keepHeld(tx: Sql, queue: Queue, { reason, until }: Holding): Promise<Date | null> {
  const { challengeId, userId, locale, purpose, target } = queue;
  const [phoneId, country] = target.channel === "EMAIL" ? [null, null] : [target.phoneId, target.country];
  const [at, seconds] = until instanceof Date ? [until, null] : [null, until];
  const [row] = await tx<{ until: Date | null }>`
    INSERT INTO messages (challenge_id, user_id, phone_id, template, channel, country, locale, status, reason, until)
    VALUES (${challengeId}::uuid, ${userId}::uuid, ${phoneId}::uuid, ${`code.${purpose}`}, ${target.channel as Channel}::channel, ${country}, ${locale},
            'failed', ${reason}, coalesce(${at}::timestamptz, app_now() + make_interval(secs => ${seconds}::int)))
    RETURNING until`;
  if (!row) throw new Error("a held message was not written");
  return row.until;
}

/** Gives a challenge the live code of its mailbox: its message copies the state of that mail, and nothing is sent. */
export async function keepSame(
  tx: Sql,
  { challengeId, userId, locale, purpose, target }: Queue,
  same: Extract<MailWay, { kind: "same" }>,
): Promise<void> {
  const sealed = sealCode({ challengeId, phoneId: null, owner: ownerOf({ userId, target }) }, same.code);
  await tx`
    WITH code AS (
      INSERT INTO challenge_codes (challenge_id, phone_id, sealed, expires_at)
      SELECT id, NULL, ${sealed}, least(expires_at, ${same.expiresAt}::timestamptz) FROM challenges WHERE id = ${challengeId}::uuid
      ON CONFLICT (challenge_id, phone_id) DO UPDATE SET sealed = EXCLUDED.sealed, expires_at = EXCLUDED.expires_at
        WHERE challenge_codes.expires_at <= app_now()
    )
    INSERT INTO messages (challenge_id, user_id, template, channel, locale, status, status_at, until)
    VALUES (${challengeId}::uuid, ${userId}::uuid, ${`code.${purpose}`}, 'EMAIL', ${locale}, ${same.status}::delivery_status, ${same.statusAt}::timestamptz,
            ${same.until}::timestamptz)`;
}
