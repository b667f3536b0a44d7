import { sql } from "#lib/db/sql";
import type { Refusal } from "#lib/limits/take";
import { isBrowserDigest, issueTicket } from "#lib/sites/enter";
import { levelReached, stepUpOf } from "#lib/sites/level";
import { findSite, originOf, siteScheme } from "#lib/sites/registry";
import { carriedPath, levelOf, pathFrom, type Site, siteHost, suffices } from "#lib/sites/site";

/** What a link from a site says: the host, the browser that began there, and the path to come back to. */
type Link = { host: string; begun: string; to: string };

/** The session that wants in. */
type Entrant = { sessionId: string; userId: string; amr: readonly string[] };

/**
 * What becomes of a way into a site: the address that finishes it, a step-up of a class first, a passkey that the account does not have, too many
 * tickets for the moment, or null where the session has ended.
 */
export type WayIn =
  | { is: "open"; href: string }
  | { is: "step_up"; action: "enter_site" | "enter_site_passkey" }
  | { is: "passkey_missing" }
  | { is: "refused"; refusal: Refusal };

/** The registered site that a link is for; undefined for a link that no site of ours made. */
export async function siteOfLink({ host, begun }: Link): Promise<Site | undefined> {
  return isBrowserDigest(begun) ? findSite(siteHost(host, siteScheme())) : undefined;
}

/** Opens the way of a session into a site, with a ticket for the browser that began there. */
export async function openWayIn(site: Site, link: Link, { sessionId, userId, amr }: Entrant): Promise<WayIn | null> {
  const to = pathFrom(link.to);
  const proven = await sql<{ action: string }>`SELECT action FROM step_ups WHERE session_id = ${sessionId}::uuid`;
  const actions = proven.map(({ action }) => action);
  const asked = levelOf(site, to);
  if (!suffices(levelReached(amr, actions), asked)) {
    const action = stepUpOf[asked];
    return action === "enter_site_passkey" && !(await hasPasskey(userId)) ? { is: "passkey_missing" } : { is: "step_up", action };
  }
  const issued = await issueTicket({ siteId: site.id, sessionId, browser: link.begun });
  if (!issued.ok) return issued.error && { is: "refused", refusal: issued.error };
  return { is: "open", href: `${originOf(site)}/.sekisho/finish?${new URLSearchParams({ ticket: issued.value, to: carriedPath(to) })}` };
}

async function hasPasskey(userId: string): Promise<boolean> {
  const [row] = await sql`SELECT 1 FROM usable_authenticators WHERE user_id = ${userId}::uuid AND kind = 'passkey' LIMIT 1`;
  return row !== undefined;
}
