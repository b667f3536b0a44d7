import { cache } from "react";
import { readInteraction } from "#lib/openid/interaction";
import { type Login, readLogin } from "#lib/openid/login";
import { interactionCookie } from "#lib/openid/names";
import type { SessionView } from "#lib/sessions/session";
import { readCookie } from "#lib/web/cookies";

/**
 * Returns the authorisation request that a page shows, or null where it ended. Its cookie is not asked for: a form of another page that leads here
 * draws this page in its own answer, to which the browser sends no cookie of this path.
 */
export const shownInteraction = cache(readInteraction);

/** Returns the authorisation request that a form of its page acts on, or null where it ended or began in another browser. */
export const ownInteraction = async (uid: string) => ((await readCookie(interactionCookie())) === uid ? readInteraction(uid) : null);

/** Returns the session of a page as a service sees it, or null. */
export const loginOfSession = (session: SessionView | null): Promise<Login | null> =>
  session ? readLogin(session.sessionId) : Promise.resolve(null);
