import { createHash } from "node:crypto";
import { record } from "#lib/audit/record";
import { keyedHash, keyedHashes, newToken } from "#lib/crypto/hash";
import { transaction } from "#lib/db/sql";
import { policies, SESSION, SITE_TICKET_SECONDS } from "#lib/limits/policy";
import { type Refusal, takeLimits } from "#lib/limits/take";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { isToken } from "#lib/sessions/read-session";
import { newSiteToken } from "#lib/sites/check";

/** The way of a signed-in browser to a site: a ticket from this site, which the browser that began at the other one exchanges there once. */

/** The digest by which a ticket names the browser that began: base64url of SHA-256 of what its cookie holds, 43 characters. */
export const browserDigest = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

/** Whether a text can be the digest of a browser. */
export const isBrowserDigest = isToken;

/** Issues a ticket for a session and the browser that began at a site; the refusal of its limit otherwise, null where the session has ended. */
export function issueTicket(at: { siteId: string; sessionId: string; browser: string }): Promise<Result<string, Refusal | null>> {
  const ticket = newToken();
  return transaction(async (tx) => {
    const refused = await takeLimits(tx, [{ policy: policies.siteTickets, subject: at.sessionId }]);
    if (refused) return fail(refused);
    const issued = await tx`
      INSERT INTO site_sessions (site_id, session_id, ticket_hash, ticket_until, browser_hash)
      SELECT t.id, s.id, ${keyedHash("token", "site_ticket", ticket)}, app_now() + make_interval(secs => ${SITE_TICKET_SECONDS}::int), ${Buffer.from(at.browser, "base64url")}
      FROM sites t, sessions s WHERE t.id = ${at.siteId}::uuid AND s.id = ${at.sessionId}::uuid FOR KEY SHARE OF t, s RETURNING id`;
    return issued.length > 0 ? ok(ticket) : fail(null);
  });
}

type Taken = { id: string; siteId: string; sessionId: string; userId: string; expiresAt: Date; entered: boolean };

/**
 * Exchanges a ticket for the token of a site's cookie; null for one that was used, has ended, is for another host, or was issued to another browser.
 * The ticket is spent before any of this is judged, so that one which got into wrong hands is worth nothing to anybody.
 */
export function exchangeTicket(
  { ticket, host, secret }: { ticket: string; host: string; secret: string },
  { ip, userAgent }: Requester,
): Promise<{ token: string; expiresAt: Date } | null> {
  if (!isToken(ticket)) return Promise.resolve(null);
  const { token, hash } = newSiteToken();
  const browser = Buffer.from(browserDigest(secret), "base64url");
  return transaction(async (tx) => {
    const [taken] = await tx<Taken>`
      UPDATE site_sessions e SET ticket_hash = NULL, token_hash = CASE WHEN t.host = ${host} AND e.browser_hash = ${browser}
        AND e.ticket_until > app_now() AND u.disabled_at IS NULL
        AND session_live(s.expires_at, s.last_seen_at, u.roles, ${SESSION.idle}::int, ${SESSION.adminIdle}::int) THEN ${hash}::bytea END
      FROM sites t, sessions s, users u
      WHERE e.ticket_hash = ANY(${keyedHashes("token", "site_ticket", ticket)}::bytea[]) AND e.token_hash IS NULL
        AND t.id = e.site_id AND s.id = e.session_id AND u.id = s.user_id
      RETURNING e.id, e.site_id, e.session_id, s.user_id, s.expires_at, e.token_hash IS NOT NULL AS entered`;
    if (!taken?.entered) return null;
    const { id, siteId, sessionId, userId, expiresAt } = taken;
    // One browser, one cookie of a site: what it had there before ends with the new one.
    await tx`DELETE FROM site_sessions WHERE session_id = ${sessionId}::uuid AND site_id = ${siteId}::uuid AND id <> ${id}::uuid AND ticket_hash IS NULL`;
    await record(tx, { event: "site.entered", userId, sessionId, method: host, ip, userAgent });
    return { token, expiresAt };
  });
}
