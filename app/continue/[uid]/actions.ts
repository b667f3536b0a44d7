"use server";

import { z } from "zod";
import { giveConsent, stepOf } from "#lib/openid/interaction";
import { beginLevel } from "#lib/openid/step-up";
import { wayTo } from "#lib/openid/ways";
import { ok } from "#lib/result";
import { keepBesideSession } from "#lib/web/challenge";
import { loginOfSession, ownInteraction } from "#lib/web/openid";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const schema = z.object({ uid: z.string().max(64) });
const ENDED = "/continue/refused?error=expired";

/** Agrees to what the service of this request gets, and returns to its page, which leads on. */
export async function consentAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ uid }, { session, requester }) => {
    const interaction = await ownInteraction(uid);
    if (!interaction) return ok(ENDED);
    if ((await stepOf(interaction, await loginOfSession(session))) === "consent")
      await giveConsent(interaction, session.user.id, requester);
    return ok(`/continue/${uid}`);
  });
}

/** Begins the step-up to the level that the service of this request asks for. */
export async function beginLevelAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSession, form }, async ({ uid }, { session, requester }) => {
    const interaction = await ownInteraction(uid);
    if (!interaction?.least) return ok(ENDED);
    const [way, begun] = [
      await wayTo(session.user.id, interaction.least),
      await beginLevel(actingOf(session), interaction.least, `/continue/${uid}`, requester),
    ];
    if (!begun.ok) return begun;
    await keepBesideSession(begun.value);
    return ok(way === "sms" || !way ? "/verify" : `/verify?with=${way}`);
  });
}
