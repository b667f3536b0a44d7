"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { endOtherSessions, endOwnSession } from "#lib/sessions/end-session";
import { enterSession } from "#lib/web/action";
import { requestOrigin } from "#lib/web/origin";

const nothing = z.object({});
// What is no id at all ends like an unknown one: the answer tells them apart by nothing.
const one = z.object({ sessionId: z.string().max(64) });

/** Ends one session of the same account; a foreign or unknown id changes nothing and is told apart by nothing. */
export async function endSessionAction(form: FormData): Promise<void> {
  const entered = await enterSession(one, form);
  if (!entered.ok) return;
  await endOwnSession(entered.session.user.id, entered.input.sessionId, await requestOrigin());
  redirect("/account/sessions?ended");
}

/** Ends every session of the account but this one. */
export async function endOthersAction(form: FormData): Promise<void> {
  const entered = await enterSession(nothing, form);
  if (!entered.ok) return;
  await endOtherSessions(entered.session.user.id, entered.session.sessionId, await requestOrigin());
  redirect("/account/sessions?ended=others");
}
