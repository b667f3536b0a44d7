import { isEnrolled } from "#lib/authenticators/index";
import type { Bound } from "#lib/challenges/port";
import { boundSql, factsSql } from "#lib/challenges/read";
import { composedLater, sql } from "#lib/db/sql";
import type { AccountFacts } from "#lib/policy/requirement";
import { house } from "#lib/purposes/house";

/** What the next step of an account needs. */
export type AccountDetails = {
  email: string;
  locale: "ja" | "en";
  epoch: number;
  /** Its authenticators, the oldest first. */
  authenticators: Bound[];
  /** Whether it has a second factor, those disabled by failures included: such an account is past its sign-up. */
  hasFactor: boolean;
  /** What rules of factors judge it by. */
  facts: AccountFacts;
  /** Whether an operator has stopped mail. */
  mailStopped: boolean;
};

type Row = Omit<AccountDetails, "hasFactor">;

const details = composedLater(
  () => `
  SELECT u.email, u.locale, u.epoch, sending_stopped('EMAIL', NULL, NULL, 'infinity') AS mail_stopped, ${boundSql(house, "u.id")} AS authenticators, ${factsSql(house, "u.id")} AS facts
  FROM users u WHERE u.id = $::uuid`,
);

/** Reads the data for the next step of an account; an unknown account costs the same round trip and gives null. */
export async function readDetails(accountId: string | null): Promise<AccountDetails | null> {
  const [row] = await sql<Row>(details(), accountId);
  return row ? { ...row, hasFactor: isEnrolled(row.authenticators) } : null;
}
