import {
  type ChallengeState,
  type ChallengeView,
  type Method,
  type MethodOffer,
  methodOf,
  phoneHint,
  sendsLeft,
  stateOf,
} from "#lib/challenges/challenge";
import { OTP_DIGITS } from "#lib/crypto/codes";
import { keyedHashes } from "#lib/crypto/hash";
import { openNumber } from "#lib/crypto/number-seal";
import type { Channel, DeliveryStatus, Purpose } from "#lib/db/generated/enums";
import { type Sql, sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { ATTEMPTS_PER_CHALLENGE, resendWait } from "#lib/limits/policy";

type PhoneRow = { id: string; sealed: string; voiceOnly: boolean };
type Last = {
  channel: Channel;
  phone_id: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  status_at: string;
  sender: string | null;
};

/** A challenge as stored, with what its view needs. */
export type ChallengeRow = {
  id: string;
  purpose: Purpose;
  user_id: string | null;
  email: string | null;
  account_email: string | null;
  locale: string;
  return_to: string | null;
  attempts: number;
  sends: number;
  sends_refunded: number;
  current_channel: Channel | null;
  current_phone_id: string | null;
  expires_at: Date;
  consumed_at: Date | null;
  voided_at: Date | null;
  now: Date;
  code_expires_at: Date | null;
  phones: PhoneRow[];
  recovery_left: number;
  sent: { channel: Channel; sends: number; last: string }[];
  last: Last | null;
};

/** The hashes a presented challenge token may be stored under. */
export const challengeHashes = (token: string): Buffer[] =>
  /^[A-Za-z0-9_-]{43}$/.test(token) ? keyedHashes("token", "challenge", token) : [];

/** Reads the challenge of a token with everything its view shows, in one statement; null if there is none. */
export async function loadChallenge(token: string, tx: Sql = sql): Promise<ChallengeRow | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await tx<ChallengeRow>`
    SELECT c.*, app_now() AS now, u.email AS account_email,
      (SELECT k.expires_at FROM challenge_codes k
        WHERE k.challenge_id = c.id AND k.phone_id IS NOT DISTINCT FROM c.current_phone_id) AS code_expires_at,
      coalesce((SELECT json_agg(json_build_object('id', p.id, 'sealed', p.number_sealed, 'voiceOnly', p.voice_only) ORDER BY p.created_at)
        FROM phones p WHERE p.user_id = c.user_id AND p.disabled_at IS NULL
          AND CASE WHEN c.purpose = 'BIND_PHONE' THEN p.id = c.current_phone_id ELSE p.verified_at IS NOT NULL END), '[]') AS phones,
      (SELECT count(*)::int FROM recovery_codes r WHERE r.user_id = c.user_id AND r.used_at IS NULL AND u.recovery_disabled_at IS NULL) AS recovery_left,
      coalesce((SELECT json_agg(s) FROM (
        SELECT channel, count(*)::int AS sends, max(created_at) AS last FROM messages WHERE challenge_id = c.id GROUP BY channel) s), '[]') AS sent,
      (SELECT row_to_json(m) FROM (
        SELECT n.channel, n.phone_id, n.status, n.reason, n.status_at,
          (SELECT p.sender FROM delivery_attempts a JOIN provider_accounts p ON p.id = a.account_id WHERE a.message_id = n.id ORDER BY a.started_at DESC LIMIT 1) AS sender
        FROM messages n WHERE n.challenge_id = c.id ORDER BY n.created_at DESC LIMIT 1) m) AS last
    FROM challenges c LEFT JOIN users u ON u.id = c.user_id
    WHERE c.token_hash = ANY(${hashes}::bytea[])`;
  return row ?? null;
}

/** The state of a stored challenge at the moment it was read. */
export const stateOfRow = (row: ChallengeRow): ChallengeState =>
  stateOf({ attempts: row.attempts, expiresAt: row.expires_at, consumedAt: row.consumed_at, voidedAt: row.voided_at }, row.now);

/** The ways a challenge offers: what is bound to its account and proves its purpose; e-mail proves an address and nothing else (PSTN-07). */
export function offersOf(row: ChallengeRow): MethodOffer[] {
  if (row.purpose === "SIGN_UP") return [{ method: "email", hint: row.email ?? row.account_email ?? "" }];
  const phones = row.phones.flatMap((phone): MethodOffer[] => {
    const common = { phoneId: phone.id, hint: phoneHint(openNumber(phone.id, phone.sealed)) };
    const voice: MethodOffer = { method: "voice", ...common };
    return phone.voiceOnly ? [voice] : [{ method: "sms", ...common }, voice];
  });
  const recovery: MethodOffer[] = row.purpose === "SIGN_IN" && row.recovery_left > 0 ? [{ method: "recovery_code" }] : [];
  return [...phones, ...recovery];
}

function deliveryOf(row: ChallengeRow, offers: MethodOffer[]): ChallengeView["delivery"] {
  if (!row.last) return null;
  const method = methodOf(row.last.channel);
  const hint = offers.find((offer) => offer.method === method && (offer.phoneId ?? null) === row.last?.phone_id)?.hint ?? "";
  const reason = row.last.reason ? { reason: row.last.reason } : {};
  const sender = method === "email" ? null : (row.last.sender ?? env().SENDER_NUMBER);
  return {
    method,
    hint,
    status: row.last.status,
    ...reason,
    at: new Date(row.last.status_at).toISOString(),
    ...(sender ? { sender } : {}),
  };
}

/** When each channel that was used may be used again (RESEND_WAIT); a channel not used yet needs no wait and is absent. */
export function resendTimes(row: Pick<ChallengeRow, "sent">): ChallengeView["resendAt"] {
  if (env().SEKISHO_LIMITS === "bench") return {};
  return Object.fromEntries(
    row.sent.map(({ channel, sends, last }) => [
      methodOf(channel),
      new Date(new Date(last).getTime() + resendWait(sends) * 1000).toISOString(),
    ]),
  );
}

/** What the browser of a challenge may know of it. */
export function viewOf(row: ChallengeRow): ChallengeView {
  const offers = offersOf(row);
  const ends = row.code_expires_at && row.code_expires_at < row.expires_at ? row.code_expires_at : row.expires_at;
  return {
    purpose: row.purpose,
    methods: offers,
    delivery: deliveryOf(row, offers),
    codeLength: OTP_DIGITS,
    attemptsLeft: Math.max(0, ATTEMPTS_PER_CHALLENGE - row.attempts),
    sendsLeft: sendsLeft(row.sends, row.sends_refunded),
    resendAt: resendTimes(row),
    expiresAt: ends.toISOString(),
    serverTime: row.now.toISOString(),
  };
}

/** The method a bare code is judged by: the one last sent (contract). */
export const defaultMethod = (row: { current_channel: Channel | null }): Method =>
  row.current_channel ? methodOf(row.current_channel) : "recovery_code";

/** The view and state of a token's challenge; null when there is none or it was consumed. */
export async function readChallenge(
  token: string,
): Promise<{ view: ChallengeView; state: ChallengeState; returnTo: string | null } | null> {
  const row = await loadChallenge(token);
  if (!row || row.consumed_at) return null;
  return { view: viewOf(row), state: stateOfRow(row), returnTo: row.return_to };
}
