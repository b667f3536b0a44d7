import { redirect } from "next/navigation";
import { cache } from "react";
import { consentsOwed } from "#lib/sessions/consent";
import { readSession } from "#lib/sessions/read-session";
import type { SessionView } from "#lib/sessions/session";
import { readCookie, sessionCookie } from "#lib/web/cookies";
import { pageOf } from "#lib/web/step";

/** Returns the session of this request, or null; read once per request. */
export const currentSession = cache(async (): Promise<SessionView | null> => {
  const token = await readCookie(sessionCookie());
  return token ? readSession(token) : null;
});

/** Returns the session for the page frame; null during an outage, because the page itself reports it. */
export const sessionOfFrame = (): Promise<SessionView | null> => currentSession().catch(() => null);

/**
 * Returns the session of this request, or redirects to where it is obtained or completed. Every signed-in page and action calls it first; `saving` and
 * `enrolling` are for the pages of the step that a session owes, `consenting` for those that a new version of a document does not close.
 */
export async function requireSession(
  options: { saving?: boolean; enrolling?: boolean; consenting?: boolean; returnTo?: string } = {},
): Promise<SessionView> {
  const session = await currentSession();
  if (!session) redirect(options.returnTo ? `/sign-in?returnTo=${encodeURIComponent(options.returnTo)}` : "/sign-in");
  // A new account shows only its recovery codes until they are saved, and an account that a rule asks for a factor only the pages that add one.
  const allowed = { save_recovery_codes: options.saving, enrol_factor: options.enrolling };
  if (session.nextStep && !allowed[session.nextStep]) redirect(pageOf(session.nextStep));
  // While a document has a new version, pages wait for the consent; calls and the deletion of the account do not.
  if (!session.nextStep && !options.saving && !options.consenting && (await consentsOwed(session.user.id)).length > 0)
    redirect(options.returnTo ? `/account/consent?returnTo=${encodeURIComponent(options.returnTo)}` : "/account/consent");
  return session;
}
