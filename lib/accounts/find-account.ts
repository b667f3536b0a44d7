import { parseEmail } from "#lib/accounts/email";
import { numberHashes, openNumber } from "#lib/crypto/number-seal";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { parseNumber } from "#lib/phones/number";

/** The account behind an identifier with the phones that can prove it. */
export type FoundAccount = {
  id: string;
  email: string;
  passwordHash: string;
  locale: "ja" | "en";
  disabled: boolean;
  recoveryConfirmed: boolean;
  phones: { id: string; e164: string; country: string; channel: "SMS" | "VOICE" }[];
  /** Bound phones, those disabled by failures included: an account with one is past its sign-up. */
  hasPhone: boolean;
};

/** One spelling for every spelling of an identifier; what is neither address nor number stays as typed, cut short. */
export function canonicalIdentifier(typed: string): { kind: "email" | "phone" | "none"; value: string } {
  // Normalised before it is looked for: a Japanese keyboard types a full-width ＠.
  const address = typed.normalize("NFKC");
  const email = address.includes("@") ? parseEmail(address) : null;
  if (email) return { kind: "email", value: email };
  const number = parseNumber(typed, env().ALLOWED_COUNTRIES.split(","));
  return number.ok ? { kind: "phone", value: number.value.e164 } : { kind: "none", value: typed.slice(0, 254).toLowerCase() };
}

type Row = {
  id: string;
  email: string;
  password_hash: string;
  locale: "ja" | "en";
  disabled: boolean;
  saved: boolean;
  phones: { id: string; sealed: string; country: string; channel: "SMS" | "VOICE"; disabled: boolean }[];
};

/** Finds the account of an address, or of a bound number that belongs to exactly one; null otherwise. */
export async function findAccount(identifier: { kind: string; value: string }): Promise<FoundAccount | null> {
  const hashes = identifier.kind === "phone" ? numberHashes(identifier.value) : [];
  const email = identifier.kind === "email" ? identifier.value : null;
  const rows = await sql<Row>`
    SELECT u.id, u.email, u.password_hash, u.locale, u.disabled_at IS NOT NULL AS disabled, u.recovery_confirmed_at IS NOT NULL AS saved,
      coalesce((SELECT json_agg(json_build_object('id', p.id, 'sealed', p.number_sealed, 'country', p.country, 'channel', p.channel, 'disabled', p.disabled_at IS NOT NULL)
                ORDER BY p.last_used_at DESC NULLS LAST) FROM phones p WHERE p.user_id = u.id AND p.verified_at IS NOT NULL), '[]') AS phones
    FROM users u
    WHERE u.email = ${email} OR u.id IN (SELECT user_id FROM phones WHERE number_hash = ANY(${hashes}::bytea[]) AND verified_at IS NOT NULL)
    LIMIT 2`;
  const [row] = rows;
  if (!row || rows.length > 1) return null;
  return {
    id: row.id,
    email: row.email,
    passwordHash: row.password_hash,
    locale: row.locale,
    disabled: row.disabled,
    recoveryConfirmed: row.saved,
    hasPhone: row.phones.length > 0,
    phones: row.phones
      .filter((phone) => !phone.disabled)
      .map((phone) => ({ id: phone.id, e164: openNumber(phone.id, phone.sealed), country: phone.country, channel: phone.channel })),
  };
}
