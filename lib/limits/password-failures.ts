import { keyedHash } from "#lib/crypto/hash";
import type { Sql } from "#lib/db/sql";
import { PASSWORD_FAILURES, policies } from "#lib/limits/policy";

const POLICY = "password_failures";
const ON_DEVICE = "password_failures_on_device";
const { name: ADDRESS_POLICY, windows } = policies.passwordFailuresPerIp;

/** An attempt as it was counted: by a stranger against identifier and address, or by a known device against itself. */
export type PasswordAttempt = { identifier: string; ip: string; deviceId?: string | null };

/** Counts for an identifier the same way whether it belongs to an account or not, so that a refusal tells nothing. */
const subjects = ({ identifier, ip }: PasswordAttempt) => ({
  identifier: keyedHash("index", `limit/${POLICY}`, identifier),
  address: keyedHash("index", `limit/${ADDRESS_POLICY}`, ip),
});

/**
 * The values of `begin_password_attempt()`, which counts one attempt before it is evaluated. Ten failures in a row make the identifier,
 * or the known device, wait 15 minutes, each further ten twice as long. Touches neither the second factor nor recovery (RL-06).
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
 * A right password: the failures of whoever asked are cleared, and the attempt itself no longer counts against the address. On a known
 * device the strangers' count stays: the owner's sign-in must not give them ten guesses more.
 * Hits of one address are alike, so any will do; passing over locked ones, two at once give back two and not one twice.
 */
export async function passwordWasRight(tx: Sql, attempt: PasswordAttempt): Promise<void> {
  if (attempt.deviceId) {
    await tx`DELETE FROM limit_hits WHERE policy = ${ON_DEVICE} AND subject = uuid_send(${attempt.deviceId}::uuid)`;
    return;
  }
  const { identifier, address } = subjects(attempt);
  await tx`
    WITH cleared AS (DELETE FROM limit_hits WHERE policy = ${POLICY} AND subject = ${identifier})
    DELETE FROM limit_hits WHERE id = (
      SELECT id FROM limit_hits WHERE policy = ${ADDRESS_POLICY} AND subject = ${address} ORDER BY at DESC LIMIT 1
      FOR UPDATE SKIP LOCKED)`;
}
