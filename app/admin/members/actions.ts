"use server";

import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { formatOf, memberColumns } from "#lib/accounts/member-file";
import { beginImport, cancelImport, MEMBER_FILE_BYTES, stageImport } from "#lib/console/import-members";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { FormRefusal, FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/admin/members";
const staging = z.object({ act: z.literal("stage") });
const reasoned = { import: z.uuid(), reason: z.string().max(2000) };
const beginning = z.object({ act: z.literal("begin"), ...reasoned });
const cancelling = z.object({ act: z.literal("cancel"), ...reasoned });

/** The page after an act; what is wrong with a field is said beside it. */
function outcome(done: Result<null, Refused>, act: string): Result<string, FormRefusal> {
  if (done.ok) return ok(`${HERE}?done=${act}`);
  const { code, reason } = done.error;
  if (code === "step_up_required") return ok(HERE);
  return code === "not_allowed" ? ok(`${HERE}?refused=${reason ?? code}`) : done;
}

/** Examines a file of members and keeps it for its import. */
export async function stageImportAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: staging, tie: ofSession, previous, form }, async (_, { session, requester }) => {
    const file = form.get("members");
    if (!(file instanceof File) || file.size === 0) return fail({ code: "invalid_input", fields: { members: "required" } });
    if (file.size > MEMBER_FILE_BYTES) return fail({ code: "invalid_input", fields: { members: "too_large" } });
    const bytes = new Uint8Array(await file.arrayBuffer());
    const done = await stageImport(actingOf(session), { bytes, format: formatOf(file.name) }, requester);
    if (done.ok || !done.error.unreadable) return outcome(done, "stage");
    const { unreadable, ...error } = done.error;
    const t = await getTranslations("consoleMembers");
    const { problem, line } = unreadable;
    const seen = problem === "broken_csv" && line !== null ? t("broken_csv_at", { line }) : t(problem, { column: memberColumns[0] });
    return fail({ ...error, values: { seen, seenTone: "warn" } });
  });
}

/** Begins the import of the file that was examined. */
export async function beginImportAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: beginning, tie: ofSession, previous, form }, async ({ act, import: id, reason }, { session, requester }) =>
    outcome(await beginImport(actingOf(session), { id, reason }, requester), act),
  );
}

/** Cancels an import, whether it has begun or not. */
export async function cancelImportAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: cancelling, tie: ofSession, previous, form }, async ({ act, import: id, reason }, { session, requester }) =>
    outcome(await cancelImport(actingOf(session), { id, reason }, requester), act),
  );
}
