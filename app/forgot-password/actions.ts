"use server";

import { getLocale } from "next-intl/server";
import { beginReset } from "#lib/accounts/reset-password";
import { bodies } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { keepBesideSession } from "#lib/web/challenge";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { begins } from "#lib/web/ties";

/** Begins a reset for the typed identifier, known or not, and leads to the page of the mailed code. */
export async function forgotPasswordAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.reset, tie: begins, previous, form }, async ({ identifier }, { requester }) => {
    const opened = await beginReset({ identifier, locale: (await getLocale()) === "en" ? "en" : "ja" }, requester);
    if (!opened.ok) return opened;
    await keepBesideSession(opened.value);
    return ok("/verify");
  });
}
