import { lastDigits } from "#lib/authenticators/phones/number";
import { openNumber } from "#lib/crypto/number-seal";
import { SealError } from "#lib/crypto/seal";
import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { DeliveryError } from "#lib/errors";
import type { PersonalCase } from "#lib/recovery/read-case";
import { maskEmail } from "#lib/words/mask-email";

/** Where the notices of a case went, masked, and what became of the latest one to each place. */
export type ToldPlace = {
  key: string;
  address: string | null;
  digits: string | null;
  channel: "email" | "sms" | "voice";
  status: DeliveryStatus;
  reason: DeliveryError | null;
};

type Row = {
  id: string;
  channel: "EMAIL" | "SMS" | "VOICE";
  mailed: string;
  phoneId: string | null;
  sealed: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
};

/** Reads them; a number that the account does not have any more is told without its digits. */
export async function toldPlaces({ id, userId, requestedAt }: PersonalCase): Promise<ToldPlace[]> {
  const rows = await sql<Row>`
    SELECT DISTINCT ON (m.channel, coalesce(m.authenticator_id::text, m.recipient, '')) m.id, m.channel, coalesce(m.recipient, u.email) AS mailed,
      m.authenticator_id AS phone_id, coalesce(p.number_sealed, m.number_sealed) AS sealed, m.status, m.reason
    FROM messages m JOIN users u ON u.id = m.user_id LEFT JOIN account_phones p ON p.id = m.authenticator_id AND p.user_id = m.user_id
    WHERE m.user_id = ${userId}::uuid AND m.created_at >= ${requestedAt}::timestamptz - interval '1 minute'
      AND m.id = ANY(ARRAY(SELECT n.message_id FROM notice_codes n WHERE n.case_id = ${id}::uuid))
    ORDER BY m.channel, coalesce(m.authenticator_id::text, m.recipient, ''), m.created_at DESC`;
  const places = rows.map(({ id: key, channel, mailed, phoneId, sealed, status, reason }): ToldPlace => {
    const digits = phoneId && sealed ? digitsOf(userId, phoneId, sealed) : null;
    const address = channel === "EMAIL" ? maskEmail(mailed) : null;
    return { key, address, digits, channel: channel.toLowerCase() as ToldPlace["channel"], status, reason };
  });
  return places.sort((a, b) => Number(a.channel !== "email") - Number(b.channel !== "email"));
}

/** The last two digits, which every reader of a challenge sees too (PH-06). */
function digitsOf(userId: string, phoneId: string, sealed: string): string | null {
  try {
    return lastDigits(openNumber(phoneId, userId, sealed), 2);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
