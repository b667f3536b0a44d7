import { sendsLeft } from "#lib/challenges/challenge";
import type { DeliveryStatus, Purpose } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { Locale } from "#lib/delivery/wording/texts";
import type { DeliveryError } from "#lib/errors";
import { GUESSES_PER_CHALLENGE } from "#lib/limits/policy";
import { codeWords, templateOf } from "#lib/purposes/messages";

/** What the browser of an account shows at this moment, from the state of its newest open challenge, for a talk on the telephone. */

/** The last message of the challenge. */
export type ScreenMessage = {
  channel: "sms" | "voice" | "email";
  status: DeliveryStatus;
  reason: DeliveryError | null;
  at: string;
  until: string | null;
};

/** A page that waits for an answer: why it was opened, what was sent, and what is left of it. */
export type Screen = {
  purpose: string;
  openedAt: string;
  expiresAt: string;
  attemptsLeft: number;
  sendsLeft: number;
  message: ScreenMessage | null;
};

type Row = {
  purpose: Purpose;
  attempts: number;
  sends: number;
  sendsRefunded: number;
  openedAt: string;
  expiresAt: string;
  channel: "SMS" | "VOICE" | "EMAIL" | null;
  status: DeliveryStatus | null;
  reason: DeliveryError | null;
  statusAt: string | null;
  until: string | null;
};

/** Reads the newest open challenge of an account; null where none is open. A reset names its account only once its mailed code is proven. */
export async function readScreen(userId: string, locale: Locale): Promise<Screen | null> {
  const [row] = await sql<Row>`
    SELECT c.purpose, c.attempts, c.sends, c.sends_refunded, to_json(c.created_at)#>>'{}' AS opened_at, to_json(c.expires_at)#>>'{}' AS expires_at,
      m.channel, m.status, m.reason, to_json(m.status_at)#>>'{}' AS status_at, to_json(m.until)#>>'{}' AS until
    FROM (
      SELECT c.* FROM challenges c JOIN users u ON u.id = c.user_id
      WHERE c.user_id = ${userId}::uuid AND c.consumed_at IS NULL AND c.voided_at IS NULL AND c.expires_at > app_now() AND c.epoch = u.epoch
      ORDER BY c.created_at DESC LIMIT 1) c
      LEFT JOIN LATERAL (SELECT * FROM messages n WHERE n.challenge_id = c.id ORDER BY n.created_at DESC LIMIT 1) m ON true`;
  if (!row) return null;
  const { channel, status } = row;
  return {
    purpose: codeWords[templateOf(row.purpose)][locale],
    openedAt: row.openedAt,
    expiresAt: row.expiresAt,
    attemptsLeft: Math.max(0, GUESSES_PER_CHALLENGE - row.attempts),
    sendsLeft: sendsLeft(row.sends, row.sendsRefunded),
    message:
      channel && status
        ? {
            channel: channel.toLowerCase() as ScreenMessage["channel"],
            status,
            reason: row.reason,
            at: row.statusAt ?? row.openedAt,
            until: row.until,
          }
        : null,
  };
}
