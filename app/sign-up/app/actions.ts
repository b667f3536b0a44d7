"use server";

import { refresh } from "next/cache";
import { beginFirstTotp, confirmFirstTotp } from "#lib/accounts/sign-up-factor";
import { bodies } from "#lib/api/contract/bodies";
import { fail, ok } from "#lib/result";
import { pageAfter } from "#lib/web/after-verified";
import { keepVerified } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { ofChallenge } from "#lib/web/ties";

const schema = bodies.confirm.partial();

/** The only action of its page: makes the key of an app or, with a code, ends the sign-up by it. */
export async function firstAppAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofChallenge, previous, form }, async ({ code }, { token, drawnFor, requester }) => {
    if (code === undefined) {
      const begun = await beginFirstTotp(token, { drawnFor });
      return begun.ok ? ok("/sign-up/app") : begun;
    }
    if (code.trim() === "") return fail({ code: "invalid_input", fields: { code: "required" } });
    const ended = await confirmFirstTotp(token, code, { drawnFor }, requester);
    if (ended.ok) {
      await keepVerified(ended.value);
      return ok(pageAfter(ended.value));
    }
    // The page shows the state of the challenge: its end, or a setting that has changed.
    refresh();
    return ended;
  });
}
