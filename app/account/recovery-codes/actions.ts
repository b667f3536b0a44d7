"use server";

import { bodies } from "#lib/api/contract/bodies";
import { replaceRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { ok } from "#lib/result";
import { keepChanged } from "#lib/web/challenge";
import { actingOf } from "#lib/web/step-up";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

/** Replaces the recovery codes and leads to the page that shows the new ones until they are saved. */
export async function replaceCodesAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    const replaced = await replaceRecoveryCodes(actingOf(session), requester);
    if (!replaced.ok) return ok("/account/recovery-codes");
    await keepChanged(replaced.value);
    return ok("/recovery-codes");
  });
}
