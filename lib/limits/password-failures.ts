import type { Sql } from "#lib/db/sql";
import { addressPolicies, PASSWORD_ATTEMPTS, PASSWORD_FAILURES } from "#lib/limits/policy";
import { type Naming, naming } from "#lib/limits/subject";
import { addressTake, widthOf } from "#lib/limits/take";

const POLICY = "password_failures";
const ON_DEVICE = "password_failures_on_device";

/** A counted attempt: against the account, against the typed identifier if it has no account, or against the known device that made it. */
export type PasswordAttempt = { identifier: string; ip: string; accountId: string | null; deviceId: string | null };

/**
 * The values of `begin_password_attempt()`, which counts one attempt before it is evaluated. Ten failures in a row make the account, or the
 * known device, wait 15 minutes, each further ten twice as long. Touches neither the second factor nor recovery (RL-06).
 */
export const passwordTake = (name: Naming, { identifier, ip }: Pick<PasswordAttempt, "identifier" | "ip">) => ({
  ...addressTake(name, addressPolicies.passwordFailures, ip),
  identifier: name(`limit/${POLICY}`, identifier),
  block: name(`limit/${POLICY}/from`, ip),
  most: PASSWORD_FAILURES.max,
  wait: PASSWORD_FAILURES.wait,
  longest: PASSWORD_FAILURES.longestWait,
  attempts: PASSWORD_ATTEMPTS.max,
  attemptsWidth: widthOf(PASSWORD_ATTEMPTS),
});

/**
 * Clears the failures of the right password's own address or device at this account and gives back its hit on the address; failures from other
 * addresses stay, so that a sign-in gives an attacker no further guesses and does not reveal the account. Hits of one address are interchangeable,
 * and SKIP LOCKED lets two concurrent calls give back two different ones.
 */
export async function passwordWasRight(tx: Sql, attempt: PasswordAttempt, given?: Naming): Promise<void> {
  if (attempt.deviceId) {
    await tx`DELETE FROM limit_hits WHERE policy = ${ON_DEVICE} AND subject = uuid_send(${attempt.deviceId}::uuid)`;
    return;
  }
  const take = passwordTake(given ?? (await naming()), attempt);
  await tx`
    WITH cleared AS (
      DELETE FROM limit_hits WHERE policy = ${POLICY} AND subject = coalesce(uuid_send(${attempt.accountId}::uuid), ${take.identifier})
        AND requester = ${take.block})
    DELETE FROM limit_hits WHERE id IN (
      SELECT one.id FROM unnest(${take.blocks}::bytea[]) b CROSS JOIN LATERAL (
        SELECT l.id FROM limit_hits l WHERE l.policy IN (${take.policy}, ${take.policy} || '_crowded') AND l.subject = b ORDER BY l.at DESC LIMIT 1
        FOR UPDATE SKIP LOCKED) one)`;
}

/** Clears every wrong password of an account, from wherever: its new password was set with a mailbox and a second factor. */
export async function forgetPasswordFailures(tx: Sql, accountId: string): Promise<void> {
  await tx`DELETE FROM limit_hits WHERE policy = ${POLICY} AND subject = uuid_send(${accountId}::uuid)`;
}
