"use server";

import { z } from "zod";
import { ok } from "#lib/result";
import { acceptInvite, invitePath } from "#lib/staff/invites";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const schema = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/), act: z.literal("accept").optional() });

/** Accepts an invitation for the account of the session that its page was drawn for; the page then says what came of it. */
export async function acceptInviteAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ token }, { session }) => {
    const accepted = await acceptInvite(token, session.user.id);
    return ok(`${invitePath(token)}${accepted.ok ? "?accepted" : ""}`);
  });
}
