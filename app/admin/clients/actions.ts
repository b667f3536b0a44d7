"use server";

import { z } from "zod";
import { changeClient } from "#lib/console/change-client";
import { profiles } from "#lib/console/client-rules";
import { addClient, type MadeClient, removeClient, rotateClient } from "#lib/console/clients";
import type { Refused } from "#lib/errors";
import { ok } from "#lib/result";
import { levelNamed } from "#lib/sessions/levels";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/admin/clients";
const text = z.string().max(20_480).optional();
const tick = z.literal("on").optional();
const typed = z.object({
  name: z.string().max(200),
  redirectUris: z.string().max(20_480),
  postLogoutRedirectUris: text,
  backchannelLogoutUri: text,
  level: z.string().max(16).optional(),
});
const adding = typed.extend({ act: z.literal("add"), profile: z.enum(profiles).optional(), firstParty: tick, pairwise: tick });
const changing = typed.extend({
  act: z.literal("change"),
  client: z.uuid(),
  edition: z.string().max(64),
  kind: z.enum(["own", "other"]),
});
const rotating = z.object({
  act: z.literal("rotate"),
  client: z.uuid(),
  overlap: z
    .string()
    .trim()
    .transform((hours) => hours.normalize("NFKC"))
    .pipe(z.string().regex(/^\d{1,3}$/)),
});
const removing = z.object({ client: z.uuid(), act: z.literal("remove") });

const linesOf = (lines = ""): string[] => lines.split(/\s+/).filter((line) => line !== "");
const addressesOf = (fields: z.infer<typeof typed>) => ({
  name: fields.name,
  redirectUris: linesOf(fields.redirectUris),
  postLogoutRedirectUris: linesOf(fields.postLogoutRedirectUris),
  backchannelLogoutUri: linesOf(fields.backchannelLogoutUri)[0] ?? null,
  level: levelNamed(fields.level ?? ""),
});
const shownOnce = ({ id, secret }: MadeClient, made = "") => ok({ shown: { made, clientId: id, secret: secret ?? "" } });
const whyOf = ({ code, reason }: Refused): string => (code === "not_allowed" && reason ? reason : code);

/** Registers a service and shows its secret once: the answer of this form is the only place where it stands. */
export async function addClientAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: adding, tie: ofSession, previous, form }, async (fields, { session }) => {
    const { profile = "web", firstParty, pairwise } = fields;
    const added = await addClient(actingOf(session), {
      ...addressesOf(fields),
      ...{ profile, firstParty: firstParty === "on", pairwise: pairwise === "on" },
    });
    return added.ok ? shownOnce(added.value, fields.name) : added;
  });
}

/** Changes what a service is registered with. */
export async function changeClientAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: changing, tie: ofSession, previous, form }, async (fields, { session }) => {
    const { client, kind, edition } = fields;
    const changed = await changeClient(actingOf(session), client, { ...addressesOf(fields), firstParty: kind === "own" }, edition);
    if (changed.ok) return ok(`${HERE}/${client}?done=change`);
    const { code, reason } = changed.error;
    if (code === "not_found") return ok(`${HERE}?refused=not_found`);
    return code === "not_allowed" ? ok(`${HERE}/${client}?refused=${reason}`) : changed;
  });
}

/** Makes another secret of a service and shows it once. */
export async function rotateClientAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: rotating, tie: ofSession, previous, form }, async ({ client, overlap }, { session }) => {
    const rotated = await rotateClient(actingOf(session), client, Number(overlap));
    return rotated.ok ? shownOnce(rotated.value) : rotated;
  });
}

/** Removes a service with everything that it was given. */
export async function removeClientAction(form: FormData): Promise<void> {
  return press({ schema: removing, tie: ofSession, form }, async ({ client }, { session }) => {
    const done = await removeClient(actingOf(session), client);
    return ok(`${HERE}?${done.ok ? "done=remove" : `refused=${whyOf(done.error)}`}`);
  });
}
