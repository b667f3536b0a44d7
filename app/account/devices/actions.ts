"use server";

import { z } from "zod";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { forgetDevices } from "#lib/sessions/devices";
import { press } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

// An invalid id gets the same answer as an unknown one.
const one = z.object({ deviceId: z.string().min(1).max(64) });

/** Forgets one known device of the account; an unknown id or one of another account changes nothing and gets the same answer. */
export async function forgetDeviceAction(form: FormData): Promise<void> {
  return press({ schema: one, tie: ofSession, form }, async ({ deviceId }, { session, requester }) => {
    await forgetDevices(session.user.id, deviceId, requester);
    return ok("/account/devices?forgotten");
  });
}

/** Forgets every known device of the account. */
export async function forgetAllDevicesAction(form: FormData): Promise<void> {
  return press({ schema: bodies.nothing, tie: ofSession, form }, async (_, { session, requester }) => {
    await forgetDevices(session.user.id, null, requester);
    return ok("/account/devices?forgotten=all");
  });
}
