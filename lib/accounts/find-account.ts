import { parseEmail } from "#lib/accounts/email";
import { numberHashes } from "#lib/crypto/number-seal";
import { type Sql, sql } from "#lib/db/sql";
import type { StoppedWay } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { passwordTake } from "#lib/limits/password-failures";
import { naming } from "#lib/limits/subject";
import { parseNumber } from "#lib/phones/number";
import { fail, ok, type Result } from "#lib/result";
import { deviceHashes } from "#lib/sessions/known-device";
import type { From } from "#lib/sessions/session";

/** A bound phone that can prove its account; its number stays sealed until the password was right. */
export type AccountPhone = {
  id: string;
  sealed: string;
  country: string;
  channel: "SMS" | "VOICE";
  voiceOnly: boolean;
  /** Whether an account in use may call its country. */
  calls: boolean;
  /** The methods that an operator has stopped to its country. */
  stopped: readonly StoppedWay[];
  lastUsedAt: string | null;
};

/** The account behind an identifier, with what a password is judged by. */
export type FoundAccount = {
  id: string;
  passwordHash: string;
  disabled: boolean;
  epoch: number;
  /** The known device of this account that asks, if it is one. */
  deviceId: string | null;
};

/** What the next step of an account needs. */
export type AccountDetails = {
  email: string;
  locale: "ja" | "en";
  recoveryConfirmed: boolean;
  recoveryLeft: number;
  /** The phones that may be used, the oldest first. */
  phones: AccountPhone[];
  /** Bound phones, those disabled by failures included: an account with one is past its sign-up. */
  hasPhone: boolean;
  /** Whether an operator has stopped mail. */
  mailStopped: boolean;
};

/** Whom a person says they are, in one spelling. */
export type Identifier = { kind: "email" | "phone" | "none"; value: string };

/** One spelling for every spelling of an identifier; what is neither address nor number stays as typed, cut short. */
export function canonicalIdentifier(typed: string): Identifier {
  const email = parseEmail(typed);
  if (email) return { kind: "email", value: email };
  const number = parseNumber(typed, env().ALLOWED_COUNTRIES.split(","));
  return number.ok ? { kind: "phone", value: number.value.e164 } : { kind: "none", value: typed.slice(0, 254).toLowerCase() };
}

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
  from: Pick<From, "ip" | "deviceToken">,
  tx: Sql = sql,
): Promise<Result<PasswordStep, number>> {
  const hashes = identifier.kind === "phone" ? numberHashes(identifier.value) : [];
  const email = identifier.kind === "email" ? identifier.value : null;
  const take = passwordTake(await naming(), { identifier: identifier.value, ip: from.ip });
  const [row] = await tx<Row>`
    WITH one AS (
      SELECT CASE WHEN count(*) = 1 THEN (array_agg(id))[1] END AS id FROM (
        SELECT id FROM users WHERE email = ${email}
        UNION SELECT user_id FROM phones WHERE number_hash = ANY(${hashes}::bytea[]) AND verified_at IS NOT NULL) found)
    SELECT t.retry_after, t.locked, u.id, u.password_hash, u.disabled_at IS NOT NULL AS disabled, u.epoch, d.id AS device_id
    FROM one
      LEFT JOIN known_devices d ON d.token_hash = ANY(${deviceHashes(from.deviceToken)}::bytea[]) AND d.user_id = one.id AND d.expires_at > app_now()
      CROSS JOIN LATERAL begin_password_attempt(coalesce(uuid_send(one.id), ${take.identifier}), uuid_send(d.id), ${take.block},
        ${take.blocks}::bytea[], ${take.maxima}::int[], ${take.seconds}::int, ${take.crowdedMaxima}::int[], ${take.crowdedSeconds}::int,
        ${take.most}::int, ${take.wait}::int, ${take.longest}::int, ${take.attempts}::int, ${take.attemptsWidth}::int) t
      LEFT JOIN users u ON t.retry_after IS NULL AND u.id = one.id`;
  if (!row) throw new Error("a password attempt was not counted");
  if (row.retryAfter !== null) return fail(row.retryAfter);
  const { id, locked, passwordHash, disabled, epoch, deviceId } = row;
  return ok({ found: id === null ? null : { id, passwordHash, disabled, epoch, deviceId }, locked });
}

type DetailsRow = Pick<AccountDetails, "email" | "locale"> & {
  saved: boolean;
  mailStopped: boolean;
  recoveryLeft: number;
  phones: (AccountPhone & { disabled: boolean })[];
};

/**
 * Reads the data for the next step of an account; an unknown account costs the same round trip and gives null. LIMIT 10 tells the planner the size
 * of a set of recovery codes; without statistics it would assume a thousand.
 */
export async function readDetails(accountId: string | null): Promise<AccountDetails | null> {
  const [row] = await sql<DetailsRow>`
    SELECT u.email, u.locale, u.recovery_confirmed_at IS NOT NULL AS saved, sending_stopped('EMAIL', NULL, NULL, 'infinity') AS mail_stopped,
      (SELECT count(*)::int FROM (SELECT FROM usable_recovery_codes r WHERE r.user_id = u.id LIMIT 10) r) AS recovery_left,
      coalesce((SELECT json_agg(json_build_object('id', p.id, 'sealed', p.number_sealed, 'country', p.country, 'channel', p.channel,
                  'voiceOnly', p.voice_only, 'calls', calls_carried(p.country, ${env().demo}), 'stopped', stopped_ways(p.country, ${env().demo}), 'lastUsedAt', p.last_used_at, 'disabled', p.disabled_at IS NOT NULL) ORDER BY p.created_at)
                FROM phones p WHERE p.user_id = u.id AND p.verified_at IS NOT NULL), '[]') AS phones
    FROM users u WHERE u.id = ${accountId}::uuid`;
  if (!row) return null;
  const { email, locale, saved, mailStopped, recoveryLeft, phones } = row;
  return {
    email,
    locale,
    recoveryConfirmed: saved,
    recoveryLeft,
    mailStopped,
    hasPhone: phones.length > 0,
    phones: phones.filter((phone) => !phone.disabled),
  };
}
