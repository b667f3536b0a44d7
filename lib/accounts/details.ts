import { isEnrolled } from "#lib/authenticators/index";
import type { Bound } from "#lib/challenges/port";
import { boundSql } from "#lib/challenges/read";
import { composedLater, sql } from "#lib/db/sql";
import { house } from "#lib/purposes/house";

/** What the next step of an account needs. */
export type AccountDetails = {
  email: string;
  locale: "ja" | "en";
  epoch: number;
  /** Its authenticators, the oldest first. */
  authenticators: Bound[];
  /** Whether it is past its sign-up. */
  enrolled: boolean;
  /** Whether an operator has stopped mail. */
  mailStopped: boolean;
};

type Row = Omit<AccountDetails, "enrolled">;

const details = composedLater(
  () => `
  SELECT u.email, u.locale, u.epoch, sending_stopped('EMAIL', NULL, NULL, 'infinity') AS mail_stopped, ${boundSql(house, "u.id")} AS authenticators
  FROM users u WHERE u.id = $::uuid`,
);

/** Reads the data for the next step of an account; an unknown account costs the same round trip and gives null. */
export async function readDetails(accountId: string | null): Promise<AccountDetails | null> {
  const [row] = await sql<Row>(details(), accountId);
  return row ? { ...row, enrolled: isEnrolled(row.authenticators) } : null;
}
