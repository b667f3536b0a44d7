import { sql } from "#lib/db/sql";
import type { Scope } from "#lib/keys/scopes";
import { secretHash } from "#lib/keys/secret";

/** A key that was presented: its countries and daily budget. */
export type PresentedKey = { id: string; countries: string[] | null; sendsPerDay: number | null };

/**
 * Reads the key of an `Authorization` header (RFC 6750 2.1) with whether it has a scope; null for no key or one that has ended. Its last use is written
 * at most once a minute.
 */
export async function presentedKey(header: string | undefined, scope: Scope): Promise<(PresentedKey & { allowed: boolean }) | null> {
  const hash = secretHash(/^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? "");
  if (!hash) return null;
  const [row] = await sql<PresentedKey & { allowed: boolean; secretId: string; stale: boolean }>`
    SELECT k.id, k.countries, k.sends_per_day, ${scope} = ANY(k.scopes) AS allowed, s.id AS secret_id,
      coalesce(s.last_used_at < app_now() - interval '1 minute', true) AS stale
    FROM api_key_secrets s JOIN api_keys k ON k.id = s.key_id
    WHERE s.hash = ${hash}::bytea AND k.removed_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > app_now())`;
  if (!row) return null;
  const { secretId, stale, ...key } = row;
  if (stale)
    await sql`
      UPDATE api_key_secrets SET last_used_at = app_now()
      WHERE id = ${secretId}::uuid AND coalesce(last_used_at < app_now() - interval '1 minute', true)`;
  return key;
}
