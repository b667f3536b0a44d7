"use server";

import { z } from "zod";
import { ok } from "#lib/result";
import { endTrustedDevice } from "#lib/sessions/trusted-device";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

// An invalid id gets the same answer as an unknown one.
const one = z.object({ deviceId: z.string().max(64).default("") });

/** Ends one trusted device of the account; an unknown id or one of another account changes nothing and gets the same answer. */
export async function endTrustedDeviceAction(form: FormData): Promise<void> {
  return press({ schema: one, tie: ofSession, form }, async ({ deviceId }, { session, requester }) => {
    await endTrustedDevice(session.user.id, deviceId, requester);
    return ok("/account/devices?untrusted");
  });
}
