import { redirect } from "next/navigation";
import { cache } from "react";
import { readSession } from "#lib/sessions/read-session";
import type { SessionView } from "#lib/sessions/session";
import { readCookie, sessionCookie } from "#lib/web/cookies";

/** The session of this request, or null; read once per request. */
export const currentSession = cache(async (): Promise<SessionView | null> => {
  const token = await readCookie(sessionCookie());
  return token ? readSession(token) : null;
});

/** The same for the frame around every page; none during an outage, because the page itself reports it. */
export const sessionOfFrame = (): Promise<SessionView | null> => currentSession().catch(() => null);

/** The session of this request, or a redirect to where it is obtained or completed: the first line of every signed-in page and action. */
export async function requireSession(options: { saving?: boolean; returnTo?: string } = {}): Promise<SessionView> {
  const session = await currentSession();
  if (!session) redirect(options.returnTo ? `/sign-in?returnTo=${encodeURIComponent(options.returnTo)}` : "/sign-in");
  // A fresh account sees nothing but its recovery codes until they are saved.
  if (session.nextStep === "save_recovery_codes" && !options.saving) redirect("/recovery-codes");
  return session;
}
