import { nextStep } from "#lib/accounts/next-step";
import { keyedHashes } from "#lib/crypto/hash";
import { sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";
import { aalOf, type SessionView } from "#lib/sessions/session";

type Row = {
  id: string;
  user_id: string;
  email: string;
  locale: string;
  roles: string[];
  amr: string[];
  authenticated_at: Date;
  expires_at: Date;
  saved: boolean;
  stale: boolean;
};

/** A token as this product makes them; anything else is answered without a query. */
const isToken = (value: string) => /^[A-Za-z0-9_-]{43}$/.test(value);

/** The hashes a presented session token may be stored under. */
export const sessionHashes = (token: string): Buffer[] => (isToken(token) ? keyedHashes("token", "session", token) : []);

/**
 * The live session of a token, or null: idle and overall limits are judged here on the product's clock (SE-05),
 * and a disabled account has none.
 */
export async function readSession(token: string): Promise<SessionView | null> {
  const hashes = sessionHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await sql<Row>`
    SELECT s.id, s.user_id, u.email, u.locale, u.roles, s.amr, s.authenticated_at, s.expires_at,
           u.recovery_confirmed_at IS NOT NULL AS saved, s.last_seen_at < app_now() - interval '1 minute' AS stale
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.token_hash = ANY(${hashes}::bytea[]) AND u.disabled_at IS NULL AND s.expires_at > app_now()
      AND s.last_seen_at > app_now() - make_interval(secs => CASE WHEN u.roles = '{}' THEN ${SESSION.idle}::int ELSE ${SESSION.adminIdle}::int END)`;
  if (!row) return null;
  if (row.stale) await touchSession(row.id);
  return {
    sessionId: row.id,
    user: { id: row.user_id, email: row.email, locale: row.locale, roles: row.roles },
    aal: aalOf(row.amr),
    amr: row.amr,
    authenticatedAt: row.authenticated_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    nextStep: stepOf(row.saved),
  };
}

/** A session exists only for an account with a proven phone; what it still owes is decided where every page's next step is. */
function stepOf(recoveryConfirmed: boolean): SessionView["nextStep"] {
  return nextStep({ hasPhone: true, recoveryConfirmed }, true) === "save_recovery_codes" ? "save_recovery_codes" : null;
}

/** Notes that a session was used; written at most once a minute, never beyond the overall limit. */
const touchSession = (id: string) =>
  sql`UPDATE sessions SET last_seen_at = greatest(last_seen_at, app_now()) WHERE id = ${id}::uuid AND expires_at > app_now()`;
