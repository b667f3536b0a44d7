import { cache } from "react";
import { readInteraction } from "#lib/openid/interaction";
import { type Login, readLogin } from "#lib/openid/login";
import { interactionCookie } from "#lib/openid/names";
import type { SessionView } from "#lib/sessions/session";
import { readCookie } from "#lib/web/cookies";

/** Returns the authorisation request of this page, or null where it ended or began in another browser. */
export const currentInteraction = cache(async (uid: string) =>
  (await readCookie(interactionCookie())) === uid ? readInteraction(uid) : null,
);

/** Returns the session of a page as a service sees it, or null. */
export const loginOfSession = (session: SessionView | null): Promise<Login | null> =>
  session ? readLogin(session.sessionId) : Promise.resolve(null);
