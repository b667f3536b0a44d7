import { isRowId } from "#lib/console/message-filter";
import { LINE, type LogAttempt, type LogLine, type LogRow, lineOf } from "#lib/console/messages";
import { type Again, again, mayCall } from "#lib/console/resend";
import { composed, sql } from "#lib/db/sql";
import type { Locale } from "#lib/delivery/wording/texts";
import { maskEmail } from "#lib/words/mask-email";

/** One message as staff read it. */

export type MessageRoom = LogLine & {
  /** Hand-overs with what their provider said. */
  attempts: LogAttempt[];
  statusAt: string;
  /** Whose it is; null where there is no account, or it is gone. */
  account: { id: string; email: string } | null;
  /** The reference that a notice carries. */
  reference: string | null;
  again: Again;
  /** Whether its code may go out by a call instead. */
  call: boolean;
};

type Row = LogRow & { statusAt: string; userId: string | null; email: string | null; reference: string | null };

const ONE = composed(`
  SELECT ${LINE}, to_json(m.status_at)#>>'{}' AS status_at, u.id AS user_id, u.email,
    (SELECT n.reference FROM notice_codes n WHERE n.message_id = m.id LIMIT 1) AS reference
  FROM (SELECT * FROM messages WHERE id = $::uuid LIMIT 1) m LEFT JOIN users u ON u.id = m.user_id LEFT JOIN challenges c ON c.id = m.challenge_id`);

/** Reads one message; null where there is none of this id. */
export async function readMessage(id: string, locale: Locale): Promise<MessageRoom | null> {
  if (!isRowId(id)) return null;
  const [row] = await sql<Row>(ONE, id);
  if (!row) return null;
  const { attempts, statusAt, userId, email, reference } = row;
  return {
    ...lineOf(row, locale),
    attempts,
    statusAt,
    reference,
    account: userId && email ? { id: userId, email: maskEmail(email) } : null,
    again: await again(id),
    call: await mayCall(id),
  };
}
