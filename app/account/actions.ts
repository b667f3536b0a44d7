"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { endOtherSessions, endOwnSession, endSession } from "#lib/sessions/end-session";
import { enter } from "#lib/web/action";
import { clearCookie, sessionCookie } from "#lib/web/cookies";
import { requestOrigin } from "#lib/web/origin";
import { requireSession } from "#lib/web/session";

const nothing = z.object({});
const one = z.object({ sessionId: z.uuid() });

/** Ends this browser's session on the server, then forgets its cookie. */
export async function signOutAction(form: FormData): Promise<void> {
  if (!enter(nothing, form).ok) return;
  const origin = await requestOrigin();
  if (origin.sessionToken) await endSession(origin.sessionToken, origin);
  await clearCookie(sessionCookie());
  redirect("/sign-in");
}

/** Ends one session of the same account; a foreign or unknown id changes nothing and is told apart by nothing. */
export async function endSessionAction(form: FormData): Promise<void> {
  const entered = enter(one, form);
  const session = await requireSession({ returnTo: "/account/sessions" });
  if (entered.ok) await endOwnSession(session.user.id, entered.input.sessionId, await requestOrigin());
  redirect("/account/sessions?ended");
}

/** Ends every session of the account but this one. */
export async function endOthersAction(form: FormData): Promise<void> {
  const entered = enter(nothing, form);
  const session = await requireSession({ returnTo: "/account/sessions" });
  if (entered.ok) await endOtherSessions(session.user.id, session.sessionId, await requestOrigin());
  redirect("/account/sessions?ended=others");
}
