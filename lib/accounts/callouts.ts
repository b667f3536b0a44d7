import { record } from "#lib/audit/record";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { sql, transaction } from "#lib/db/sql";
import { CODES_ASKED_SECONDS } from "#lib/limits/policy";
import type { Requester } from "#lib/requester";

/** What an account's owner should look at. */
export type Callouts = {
  /** Whether the address refused a mail for good since a mail last reached it. */
  emailRefused: boolean;
  /** Whether it is time to ask if the recovery codes are still there. */
  askCodes: boolean;
  /** The last four digits of the numbers that serve no recovery until they are proven again (PSTN-10). */
  doubted: string[];
};

/** Reads what the account pages call out to their owner. */
export async function readCallouts(userId: string): Promise<Callouts> {
  const [rows, phones] = await Promise.all([
    sql<{ refused: boolean; ask: boolean }>`
      SELECT u.email_refused_at IS NOT NULL AS refused, EXISTS (
        SELECT 1 FROM usable_authenticators w JOIN authenticators a ON a.id = w.id WHERE w.user_id = u.id AND w.kind = 'recovery_codes'
          AND greatest(u.codes_asked_at, a.verified_at) < app_now() - make_interval(secs => ${CODES_ASKED_SECONDS}::int) LIMIT 1) AS ask
      FROM users u WHERE u.id = ${userId}::uuid`,
    listPhones(userId),
  ]);
  const doubted = phones.filter((phone) => phone.doubted).map(({ lastDigits }) => lastDigits);
  return { emailRefused: rows[0]?.refused ?? false, askCodes: rows[0]?.ask ?? false, doubted };
}

/** Notes that the owner still has the recovery codes; the next question comes in a year. */
export async function keepsCodes(userId: string, requester: Requester): Promise<void> {
  await transaction(async (tx) => {
    await tx`UPDATE users SET codes_asked_at = app_now() WHERE id = ${userId}::uuid`;
    await record(tx, { event: "recovery_codes.confirmed", userId, ...requester });
  });
}
