"use server";

import { requestRelease } from "#lib/accounts/release-address";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { ofChallenge } from "#lib/web/ties";

const schema = bodies.nothing;

/** Asks that the account of a proven reset gives up its address. */
export async function requestReleaseAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofChallenge, previous, form }, async (_, { token, drawnFor, requester }) => {
    const asked = await requestRelease(token, { drawnFor }, requester);
    return asked.ok ? ok("/reset-password/release?asked") : asked;
  });
}
