import { shownEmail } from "#lib/authenticators/addresses/email";
import { type Bound, purposeOf } from "#lib/challenges/port";
import { boundSql } from "#lib/challenges/read";
import type { Purpose } from "#lib/db/generated/enums";
import { composedLater, sql } from "#lib/db/sql";
import { house } from "#lib/purposes/house";
import type { Whose } from "#lib/words/whose";

type Row = {
  purpose: Purpose | null;
  userId: string | null;
  email: string | null;
  hint: string | null;
  accountEmail: string | null;
  authenticators: Bound[];
  done: boolean;
};

const drawn = composedLater(
  () => `
  SELECT c.purpose, c.user_id, c.email, c.hint, u.email AS account_email, c.consumed_at IS NOT NULL AS done, ${boundSql(house, "c.user_id")} AS authenticators
  FROM challenges c LEFT JOIN users u ON u.id = c.user_id WHERE c.id = $::uuid
  UNION ALL
  SELECT NULL, u.id, u.email, NULL, u.email, false, '[]' FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $::uuid`,
);

/** Finds the user that a form was drawn for, and whether its challenge was completed; null if it no longer exists. */
export async function readDrawn(id: string): Promise<{ whose: Whose; done: boolean } | null> {
  const [row] = await sql<Row>(drawn(), id, id);
  if (!row) return null;
  const { purpose, done } = row;
  if (purpose === null) return { whose: { email: shownEmail(row.accountEmail ?? "") }, done };
  return {
    whose: purposeOf(house, purpose).whose({
      ...row,
      step: 1,
      aboutId: null,
      action: null,
      asked: null,
      currentAuthenticatorId: null,
      mailStopped: false,
      claimed: null,
      federatedBy: null,
      facts: null,
    }),
    done,
  };
}
