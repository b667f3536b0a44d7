"use server";

import { undoChange } from "#lib/accounts/notice-codes";
import { bodies } from "#lib/api/contract/bodies";
import { fail, ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { submit } from "#lib/web/submit";
import { untied } from "#lib/web/ties";

/** Undoes a change by the reference and the code of its mail, and the password. */
export async function undoAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: bodies.undo, tie: untied, previous, form }, async ({ reference, undoCode, password }, { requester }) => {
    const undone = await undoChange({ reference, code: undoCode, password }, requester);
    if (undone.ok) return ok("/undo?done");
    return undone.error.code === "code_wrong" ? fail({ code: "notice_code_wrong", values: { reference } }) : undone;
  });
}
