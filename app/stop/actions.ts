"use server";

import { stopAccount } from "#lib/accounts/notice-codes";
import { bodies } from "#lib/api/contract/bodies";
import { fail, ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { untied } from "#lib/web/ties";

/** Stops an account by the reference and the code of a notice. */
export async function stopAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.stop, tie: untied, previous, form }, async ({ reference, stopCode }, { requester }) => {
    const stopped = await stopAccount({ reference, code: stopCode }, requester);
    if (stopped.ok) return ok(`/stop?done=${stopped.value}`);
    return stopped.error.code === "code_wrong" ? fail({ code: "notice_code_wrong", values: { reference } }) : stopped;
  });
}
