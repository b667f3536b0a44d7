import { lastDigits } from "#lib/authenticators/phones/number";
import { openNumber } from "#lib/crypto/number-seal";
import { SealError } from "#lib/crypto/seal";
import type { Channel, DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { noticeTitle } from "#lib/delivery/wording/notice-title";
import { isCode, type Locale } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { serviceNow } from "#lib/policy/service";
import { codeWords } from "#lib/purposes/messages";

/** One message that was sent to a person, for themselves; times are ISO 8601. */
export type SentText = {
  id: string;
  at: string;
  channel: "sms" | "voice" | "email";
  /** The purpose of a code, or the kind of a notice. */
  code: string | null;
  notice: string | null;
  /** An address, or the last four digits of a number that is still theirs. */
  address: string | null;
  digits: string | null;
  sender: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  statusAt: string;
  /** The hand-overs, the first one first. */
  attempts: SentAttempt[];
};

/** One hand-over; the provider account and what it cost are for staff. */
export type SentAttempt = { status: DeliveryStatus; reason: DeliveryError | null; at: string; provider: string; yen: number | null };

type Row = {
  id: string;
  template: string;
  channel: Channel;
  mailed: string | null;
  phoneId: string | null;
  sealed: string | null;
  sender: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  statusAt: Date;
  createdAt: Date;
  attempts: SentAttempt[];
};

/** How many messages one page has. */
export const PAGE = 20;

/**
 * A page of the messages of an account, newest first, and the place to go on from. Rows that no provider got are left out, because nothing was sent
 * for them.
 */
export async function sentTexts(
  userId: string,
  before: string | null,
  locale: Locale,
): Promise<{ texts: SentText[]; next: string | null }> {
  const rows = await sql<Row>`
    SELECT m.id, m.template, m.channel, CASE WHEN m.channel = 'EMAIL' THEN coalesce(m.recipient, c.email, u.email) END AS mailed, m.authenticator_id AS phone_id,
      coalesce(p.number_sealed, m.number_sealed) AS sealed, m.status, m.reason, m.status_at, m.created_at,
      (SELECT a.sender FROM delivery_attempts d JOIN provider_accounts a ON a.id = d.account_id
        WHERE d.message_id = m.id AND d.message_at = m.created_at ORDER BY d.started_at DESC LIMIT 1) AS sender,
      coalesce((SELECT json_agg(json_build_object('status', d.status, 'reason', d.reason, 'at', d.status_at,
        'provider', d.provider, 'yen', (d.segments * d.price)::float8) ORDER BY d.started_at)
        FROM (SELECT * FROM delivery_attempts WHERE message_id = m.id AND message_at = m.created_at LIMIT 10) d), '[]') AS attempts
    FROM (
      SELECT * FROM messages WHERE user_id = ${userId}::uuid AND NOT (tries = 0 AND status IN ('sent', 'delivered')) AND created_at > app_now() - interval '90 days'
        AND (${before}::uuid IS NULL OR (created_at, id) < (SELECT b.created_at, b.id FROM messages b WHERE b.id = ${before}::uuid AND b.user_id = ${userId}::uuid LIMIT 1))
      ORDER BY created_at DESC, id DESC LIMIT ${PAGE + 1}::int) m
      JOIN users u ON u.id = m.user_id LEFT JOIN challenges c ON c.id = m.challenge_id LEFT JOIN account_phones p ON p.id = m.authenticator_id AND p.user_id = m.user_id
    ORDER BY m.created_at DESC, m.id DESC`;
  const shown = rows.slice(0, PAGE);
  return { texts: shown.map((row) => textOf(userId, row, locale)), next: rows.length > PAGE ? (shown.at(-1)?.id ?? null) : null };
}

function digitsOf(userId: string, { phoneId, sealed }: Row): string | null {
  if (!phoneId || !sealed) return null;
  try {
    return lastDigits(openNumber(phoneId, userId, sealed), 4);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

function textOf(userId: string, row: Row, locale: Locale): SentText {
  const { id, template, channel, status, reason, attempts } = row;
  const known = { SMS: serviceNow().senderNumber, VOICE: null, EMAIL: env().mailFrom?.address ?? null }[channel];
  return {
    id,
    at: row.createdAt.toISOString(),
    channel: channel.toLowerCase() as SentText["channel"],
    code: isCode(template) ? (codeWords[template]?.[locale] ?? null) : null,
    notice: noticeTitle(template, row.createdAt, locale),
    address: row.mailed,
    digits: digitsOf(userId, row),
    sender: row.sender ?? known,
    status,
    reason,
    statusAt: row.statusAt.toISOString(),
    attempts: attempts.map((one) => ({ ...one, at: new Date(one.at).toISOString() })),
  };
}
