import { keyedHash, keyedHashes, newToken } from "#lib/crypto/hash";
import type { SealedKey } from "#lib/db/signing-keys";
import { sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";
import { isToken, touchSession } from "#lib/sessions/read-session";
import { type SessionRow, viewOfSession } from "#lib/sessions/session";
import { levelReached } from "#lib/sites/level";
import type { Site, SiteLevel } from "#lib/sites/site";

/** Who a request to a site is from. */

/** The person of a request, and how the session was proven; times in seconds since 1970. */
export type SiteVisitor = { userId: string; email: string; groups: string[]; acr: SiteLevel; amr: string[]; authTime: number; now: number };

/** A registered site with its visitor, null without a session there, and the key that signs, null before the first signature. */
export type Checked = { site: Site; visitor: SiteVisitor | null; key: SealedKey | null };

type Row = Site & {
  session: string | null;
  stale: boolean;
  groups: string[];
  proven: string[];
  now: Date;
  keyId: string | null;
  kid: string;
  privateSealed: string;
} & Omit<SessionRow, "id">;

/** The hash that a new token of a site is stored under. */
export const siteTokenHash = (token: string): Buffer => keyedHash("token", "site", token);

/** A new token of a site, with its hash. */
export function newSiteToken(): { token: string; hash: Buffer } {
  const token = newToken();
  return { token, hash: siteTokenHash(token) };
}

/**
 * Reads a host and the visitor that the token of its cookie names, in one statement; undefined for a host that is not registered. A token counts at its
 * own host and while the session lives that it hangs on, whose use this is.
 */
export async function checkVisitor(host: string, token: string): Promise<Checked | undefined> {
  const hashes = isToken(token) ? keyedHashes("token", "site", token) : [Buffer.alloc(0)];
  const [row] = await sql<Row>`
    SELECT t.id, t.host, t.level, t.levels, v.*, app_now() AS now, k.id AS key_id, k.kid, k.private_sealed
    FROM sites t LEFT JOIN LATERAL (
      SELECT s.id AS session, s.user_id, u.email, u.locale, u.roles, s.amr, s.authenticated_at, s.expires_at,
        EXISTS (SELECT 1 FROM authenticators a WHERE a.user_id = u.id AND a.kind = 'recovery_codes' AND a.verified_at IS NOT NULL AND a.disabled_at IS NULL) AS saved,
        s.last_seen_at < app_now() - interval '1 minute' AS stale, NULL AS restricted_until,
        (SELECT f.facts FROM account_facts f WHERE f.user_id = u.id) AS facts,
        ARRAY(SELECT g.name FROM user_groups g WHERE g.user_id = u.id) AS groups,
        ARRAY(SELECT p.action FROM step_ups p WHERE p.session_id = s.id) AS proven
      FROM site_sessions e JOIN sessions s ON s.id = e.session_id JOIN users u ON u.id = s.user_id
      WHERE e.token_hash = ANY(${hashes}::bytea[]) AND e.site_id = t.id AND u.disabled_at IS NULL
        AND session_live(s.expires_at, s.last_seen_at, u.roles, ${SESSION.idle}::int, ${SESSION.adminIdle}::int)
    ) v ON true LEFT JOIN LATERAL (
      SELECT id, kid, private_sealed FROM signing_keys WHERE private_sealed IS NOT NULL AND algorithm = 'EdDSA' ORDER BY position DESC LIMIT 1) k ON v.session IS NOT NULL
    WHERE t.host = ${host}`;
  if (!row) return undefined;
  const { id, level, levels, session, keyId, kid, privateSealed } = row;
  const site = { id, host: row.host, level, levels };
  const key = keyId === null ? null : { id: keyId, kid, privateSealed };
  if (session === null) return { site, visitor: null, key };
  if (row.stale) await touchSession(session);
  const view = viewOfSession({ ...row, id: session });
  // A session that owes a step opens nothing else.
  if (view.nextStep) return { site, visitor: null, key };
  const acr = levelReached(view.amr, row.proven);
  const [authTime, now] = [seconds(row.authenticatedAt), seconds(row.now)];
  return {
    site,
    visitor: { userId: view.user.id, email: view.user.email, groups: row.groups.toSorted(), acr, amr: view.amr, authTime, now },
    key,
  };
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
