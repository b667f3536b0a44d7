"use server";

import { z } from "zod";
import { ok } from "#lib/result";
import { giveConsent } from "#lib/sessions/consent";
import { parseReturnTo, returnTo } from "#lib/web/return-to";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const version = z.string().max(32).optional();
const schema = z.object({ terms: version, privacy: version, returnTo });

/** Agrees to the versions that the page has shown, and goes on. */
export async function giveConsentAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ terms, privacy, returnTo }, { session, requester }) => {
    await giveConsent(session.user.id, { terms, privacy }, requester);
    return ok(parseReturnTo(returnTo) ?? "/account");
  });
}
