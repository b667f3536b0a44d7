import { lastDigits } from "#lib/authenticators/phones/number";
import { openNumber } from "#lib/crypto/number-seal";
import { SealError } from "#lib/crypto/seal";
import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { DeliveryError } from "#lib/errors";
import { maskEmail } from "#lib/words/mask-email";

/** One notice of a case: where it went, whether it arrived, and whether its stop code was used; times are ISO 8601. */
export type CaseNotice = {
  id: string;
  template: string;
  at: string;
  /** A masked address, or the last two digits of a number that is still the account's. */
  address: string | null;
  digits: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  hasStop: boolean;
  stoppedAt: string | null;
};

type Row = Omit<CaseNotice, "address" | "digits"> & { mailed: string | null; phoneId: string | null; sealed: string | null };

/** The notices of a case in the order in which they were queued. */
export async function caseNotices({ id, userId }: { id: string; userId: string }): Promise<CaseNotice[]> {
  const rows = await sql<Row>`
    SELECT m.id, m.template, to_json(m.created_at)#>>'{}' AS at, CASE WHEN m.channel = 'EMAIL' THEN coalesce(m.recipient, u.email) END AS mailed,
      m.authenticator_id AS phone_id, coalesce(p.number_sealed, m.number_sealed) AS sealed, m.status, m.reason, n.id IS NOT NULL AS has_stop,
      to_json(n.used_at)#>>'{}' AS stopped_at
    FROM recovery_cases c JOIN users u ON u.id = c.user_id
      JOIN messages m ON m.user_id = c.user_id AND m.template LIKE 'notice.case%' AND m.created_at >= c.requested_at
        AND m.created_at <= coalesce(c.ended_at + interval '1 minute', 'infinity')
      LEFT JOIN notice_codes n ON n.message_id = m.id AND n.kind = 'stop' LEFT JOIN account_phones p ON p.id = m.authenticator_id AND p.user_id = m.user_id
    WHERE c.id = ${id}::uuid AND m.user_id = ${userId}::uuid ORDER BY m.created_at, m.id LIMIT 100`;
  return rows.map(({ mailed, phoneId, sealed, ...notice }) => ({
    ...notice,
    address: mailed === null ? null : maskEmail(mailed),
    digits: phoneId && sealed ? digitsOf(userId, phoneId, sealed) : null,
  }));
}

function digitsOf(userId: string, phoneId: string, sealed: string): string | null {
  try {
    return lastDigits(openNumber(phoneId, userId, sealed), 2);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
