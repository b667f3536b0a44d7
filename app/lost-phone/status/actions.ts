"use server";

import { rememberCase, statusByCode } from "#lib/accounts/case-status";
import { bodies } from "#lib/api/contract/bodies";
import { keep } from "#lib/http/bearer";
import { fail, ok } from "#lib/result";
import { caseCookie, setCookies } from "#lib/web/cookies";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { untied } from "#lib/web/ties";

/** Shows a lost-phone request by its reference and status code; the browser sees it without them for half an hour. */
export async function caseStatusAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.caseStatus, tie: untied, previous, form }, async (typed, { requester }) => {
    const found = await statusByCode(typed, requester);
    if (!found.ok)
      return found.error.code === "code_wrong" ? fail({ code: "notice_code_wrong", values: { reference: typed.reference } }) : found;
    const { sealed, expiresAt } = await rememberCase(found.value);
    await setCookies([keep(caseCookie(), sealed, expiresAt)]);
    return ok("/lost-phone/status");
  });
}
