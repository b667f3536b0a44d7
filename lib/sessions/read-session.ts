import { keyedHashes } from "#lib/crypto/hash";
import { sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";
import { type SessionRow, type SessionView, viewOfSession } from "#lib/sessions/session";

/** A token as this product makes them; anything else is answered without a query. */
export const isToken = (value: string) => /^[A-Za-z0-9_-]{43}$/.test(value);

/** The hashes a presented session token may be stored under. */
export const sessionHashes = (token: string): Buffer[] => (isToken(token) ? keyedHashes("token", "session", token) : []);

/**
 * The live session of a token, or null: idle and overall limits are judged here on the product's clock (SE-05),
 * and a disabled account has none. With `use` false, what a page asks by itself does not count as use.
 */
export async function readSession(token: string, { use = true } = {}): Promise<SessionView | null> {
  const hashes = sessionHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await sql<SessionRow & { stale: boolean }>`
    SELECT s.id, s.user_id, u.email, u.locale, u.roles, s.amr, s.authenticated_at, s.expires_at,
           EXISTS (SELECT 1 FROM authenticators a WHERE a.user_id = u.id AND a.kind = 'recovery_codes' AND a.verified_at IS NOT NULL AND a.disabled_at IS NULL) AS saved, s.last_seen_at < app_now() - interval '1 minute' AS stale,
           to_json(CASE WHEN u.restricted_until > app_now() THEN u.restricted_until END)#>>'{}' AS restricted_until,
           (SELECT f.facts FROM account_facts f WHERE f.user_id = u.id) AS facts
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.token_hash = ANY(${hashes}::bytea[]) AND u.disabled_at IS NULL
      AND session_live(s.expires_at, s.last_seen_at, u.roles, ${SESSION.idle}::int, ${SESSION.adminIdle}::int)`;
  if (!row) return null;
  if (row.stale && use) await touchSession(row.id);
  return viewOfSession(row);
}

/** Notes that a session was used; written at most once a minute, never beyond the overall limit. */
export const touchSession = (id: string) =>
  sql`UPDATE sessions SET last_seen_at = greatest(last_seen_at, app_now()) WHERE id = ${id}::uuid AND expires_at > app_now()`;
