import { lastDigits } from "#lib/authenticators/phones/number";
import { openNumber } from "#lib/crypto/number-seal";
import { type Sql, sql } from "#lib/db/sql";
import { UNUSED_NUMBER_SECONDS } from "#lib/limits/policy";

/** A bound phone as its owner sees it: four digits of its number (PH-06); times are ISO 8601. */
export type PhoneLine = {
  id: string;
  lastDigits: string;
  name: string | null;
  channel: "sms" | "voice";
  default: boolean;
  voiceOnly: boolean;
  verifiedAt: string;
  lastUsedAt: string | null;
  /** Whether a hundred failures have disabled it. */
  disabled: boolean;
  /** Whether it has to be proven again before it serves recovery (PSTN-10). */
  doubted: boolean;
};

type Row = {
  id: string;
  sealed: string;
  name: string | null;
  channel: "SMS" | "VOICE";
  preferred: boolean;
  voiceOnly: boolean;
  verifiedAt: Date;
  lastUsedAt: Date | null;
  disabled: boolean;
  doubted: boolean;
};

const read = (tx: Sql, userId: string): Promise<Row[]> => tx<Row>`
  SELECT id, number_sealed AS sealed, name, channel, preferred, voice_only, verified_at, last_used_at, disabled_at IS NOT NULL AS disabled,
    (doubted_at IS NOT NULL OR greatest(last_used_at, verified_at) < app_now() - make_interval(secs => ${UNUSED_NUMBER_SECONDS}::int)) AS doubted FROM account_phones
  WHERE user_id = ${userId}::uuid AND verified_at IS NOT NULL ORDER BY created_at LIMIT 32`;

const lineOf = (userId: string, row: Row, preferred: string | undefined): PhoneLine => ({
  id: row.id,
  lastDigits: lastDigits(openNumber(row.id, userId, row.sealed), 4),
  name: row.name,
  channel: row.channel === "SMS" ? "sms" : "voice",
  default: row.id === preferred,
  voiceOnly: row.voiceOnly,
  verifiedAt: row.verifiedAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  disabled: row.disabled,
  doubted: row.doubted,
});

/** The phone that a code goes to first: the preferred one, else the one used last (`firstPhone`). */
const firstOf = (rows: Row[]): string | undefined =>
  rows
    .filter(({ disabled }) => !disabled)
    .toSorted((a, b) => Number(b.preferred) - Number(a.preferred) || (b.lastUsedAt?.getTime() ?? 0) - (a.lastUsedAt?.getTime() ?? 0))[0]
    ?.id;

/** The bound phones of one account, the oldest first. */
export async function listPhones(userId: string, tx: Sql = sql): Promise<PhoneLine[]> {
  const rows = await read(tx, userId);
  return rows.map((row) => lineOf(userId, row, firstOf(rows)));
}

/** One bound phone of an account, or null. */
export async function readPhone(tx: Sql, userId: string, phoneId: string): Promise<PhoneLine | null> {
  return (await listPhones(userId, tx)).find(({ id }) => id === phoneId) ?? null;
}
