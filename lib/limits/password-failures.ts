import { keyedHash } from "#lib/crypto/hash";
import type { Sql } from "#lib/db/sql";
import { PASSWORD_FAILURES, policies } from "#lib/limits/policy";

const POLICY = "password_failures";
const { name: ADDRESS_POLICY, windows } = policies.passwordFailuresPerIp;

/** A counted attempt whose hit goes back when the password was right. */
export type PasswordAttempt = { identifier: string; ip: string };

/** Counts for an identifier the same way whether it belongs to an account or not, so that a refusal tells nothing. */
const subjects = ({ identifier, ip }: PasswordAttempt) => ({
  identifier: keyedHash("index", `limit/${POLICY}`, identifier),
  address: keyedHash("index", `limit/${ADDRESS_POLICY}`, ip),
});

/**
 * The values of `begin_password_attempt()`, which counts one attempt against the identifier and the address before it is evaluated.
 * Ten failures in a row make the identifier wait 15 minutes, each further ten twice as long. Touches neither the second factor nor recovery (RL-06).
 */
export const passwordTake = (attempt: PasswordAttempt) => ({
  ...subjects(attempt),
  addressMax: windows[0].max,
  addressWindow: windows[0].seconds,
  most: PASSWORD_FAILURES.max,
  wait: PASSWORD_FAILURES.wait,
  longest: PASSWORD_FAILURES.longestWait,
});

/**
 * A right password: the account's failures are cleared, and the attempt itself no longer counts against the address.
 * Hits of one address are alike, so any will do; passing over locked ones, two at once give back two and not one twice.
 */
export async function passwordWasRight(tx: Sql, attempt: PasswordAttempt): Promise<void> {
  const { identifier, address } = subjects(attempt);
  await tx`
    WITH cleared AS (DELETE FROM limit_hits WHERE policy = ${POLICY} AND subject = ${identifier})
    DELETE FROM limit_hits WHERE id = (
      SELECT id FROM limit_hits WHERE policy = ${ADDRESS_POLICY} AND subject = ${address} ORDER BY at DESC LIMIT 1
      FOR UPDATE SKIP LOCKED)`;
}
