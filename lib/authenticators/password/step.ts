import type { Identifier } from "#lib/authenticators/identifier";
import { numberHashes } from "#lib/crypto/number-seal";
import { type Sql, sql } from "#lib/db/sql";
import { passwordTake } from "#lib/limits/password-failures";
import { naming } from "#lib/limits/subject";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { deviceHashes } from "#lib/sessions/known-device";

/** The account behind an identifier, with what a password is judged by. */
export type FoundAccount = {
  id: string;
  passwordHash: string;
  disabled: boolean;
  epoch: number;
  /** The known device of this account that sent the request, if any. */
  deviceId: string | null;
};

type Row = {
  retryAfter: number | null;
  locked: boolean;
  id: string | null;
  passwordHash: string;
  disabled: boolean;
  epoch: number;
  deviceId: string | null;
};

/** A counted password attempt: its account, and whether it is rejected regardless of the password. */
export type PasswordStep = { found: FoundAccount | null; locked: boolean };

/**
 * Counts one password attempt before anything is evaluated, in one statement with its own commit, and finds the account of an address, or of a
 * bound number that belongs to exactly one account (else null); fails with the seconds to wait if the address is crowded. An account counts the
 * same under each of its identifiers and unknown identifiers count alike, so that the response reveals nothing (RL-07); a known device has its own
 * count, which an attacker cannot fill (RL-06).
 */
export async function beginPasswordStep(
  identifier: Identifier,
  requester: Pick<Requester, "ip" | "deviceToken">,
  tx: Sql = sql,
): Promise<Result<PasswordStep, number>> {
  const hashes = identifier.kind === "phone" ? numberHashes(identifier.value) : [];
  const email = identifier.kind === "email" ? identifier.value : null;
  const take = passwordTake(await naming(), { identifier: identifier.value, ip: requester.ip });
  const [row] = await tx<Row>`
    WITH one AS (
      SELECT CASE WHEN count(*) = 1 THEN (array_agg(id))[1] END AS id FROM (
        SELECT id FROM users WHERE email = ${email}
        UNION SELECT user_id FROM account_phones WHERE number_hash = ANY(${hashes}::bytea[]) AND verified_at IS NOT NULL) found)
    SELECT t.retry_after, t.locked, u.id, u.password_hash, u.disabled_at IS NOT NULL AS disabled, u.epoch, d.id AS device_id
    FROM one
      LEFT JOIN known_devices d ON d.token_hash = ANY(${deviceHashes(requester.deviceToken)}::bytea[]) AND d.user_id = one.id AND d.expires_at > app_now()
      CROSS JOIN LATERAL begin_password_attempt(coalesce(uuid_send(one.id), ${take.identifier}), uuid_send(d.id), ${take.block},
        ${take.blocks}::bytea[], ${take.maxima}::int[], ${take.seconds}::int, ${take.crowdedMaxima}::int[], ${take.crowdedSeconds}::int,
        ${take.most}::int, ${take.wait}::int, ${take.longest}::int, ${take.attempts}::int, ${take.attemptsWidth}::int) t
      LEFT JOIN users u ON t.retry_after IS NULL AND u.id = one.id`;
  if (!row) throw new Error("a password attempt was not counted");
  if (row.retryAfter !== null) return fail(row.retryAfter);
  const { id, locked, passwordHash, disabled, epoch, deviceId } = row;
  return ok({ found: id === null ? null : { id, passwordHash, disabled, epoch, deviceId }, locked });
}

/** The account of an address, or of a bound number that belongs to exactly one account; null for any other, at the same cost. */
export async function accountOfIdentifier(identifier: Identifier, tx: Sql = sql): Promise<{ id: string; locale: "ja" | "en" } | null> {
  const hashes = identifier.kind === "phone" ? numberHashes(identifier.value) : [];
  const email = identifier.kind === "email" ? identifier.value : null;
  const [row] = await tx<{ id: string; locale: "ja" | "en" }>`
    SELECT u.id, u.locale FROM users u WHERE u.disabled_at IS NULL AND u.id = (
      SELECT CASE WHEN count(*) = 1 THEN (array_agg(id))[1] END FROM (
        SELECT id FROM users WHERE email = ${email}
        UNION SELECT user_id FROM account_phones WHERE number_hash = ANY(${hashes}::bytea[]) AND verified_at IS NOT NULL) found)`;
  return row ?? null;
}
