"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { endSession } from "#lib/sessions/end-session";
import { enter } from "#lib/web/action";
import { clearCookie, sessionCookie } from "#lib/web/cookies";
import { requestOrigin } from "#lib/web/origin";

const nothing = z.object({});

/** Ends this browser's session on the server, then forgets its cookie. */
export async function signOutAction(form: FormData): Promise<void> {
  if (!enter(nothing, form).ok) return;
  const origin = await requestOrigin();
  if (origin.sessionToken) await endSession(origin.sessionToken, origin);
  await clearCookie(sessionCookie());
  redirect("/sign-in");
}
