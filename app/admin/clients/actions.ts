"use server";

import { z } from "zod";
import { addClient, removeClient, rotateClient } from "#lib/console/clients";
import { ok } from "#lib/result";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/admin/clients";
const text = z.string().max(20_480).optional();
const tick = z.literal("on").optional();
const adding = z.object({
  name: z.string().max(200),
  redirectUris: z.string().max(20_480),
  postLogoutRedirectUris: text,
  backchannelLogoutUri: text,
  firstParty: tick,
  pairwise: tick,
  act: z.literal("add"),
});
const named = z.object({ client: z.uuid(), act: z.literal("remove") });
const rotating = z.object({ client: z.uuid(), act: z.literal("rotate") });

const linesOf = (typed = ""): string[] => typed.split(/\s+/).filter((line) => line !== "");

/** Registers a service and shows its secret once: the answer of this form is the only place where it stands. */
export async function addClientAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: adding, tie: ofSession, previous, form }, async (typed, { session }) => {
    const added = await addClient(actingOf(session), {
      name: typed.name,
      redirectUris: linesOf(typed.redirectUris),
      postLogoutRedirectUris: linesOf(typed.postLogoutRedirectUris),
      backchannelLogoutUri: linesOf(typed.backchannelLogoutUri)[0] ?? null,
      firstParty: typed.firstParty === "on",
      pairwise: typed.pairwise === "on",
    });
    return added.ok ? ok({ shown: { made: typed.name, clientId: added.value.id, secret: added.value.secret } }) : added;
  });
}

/** Makes another secret of a service and shows it once. */
export async function rotateClientAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: rotating, tie: ofSession, previous, form }, async ({ client }, { session }) => {
    const rotated = await rotateClient(actingOf(session), client);
    return rotated.ok ? ok({ shown: { clientId: rotated.value.id, secret: rotated.value.secret } }) : rotated;
  });
}

/** Removes a service with everything that it was given. */
export async function removeClientAction(form: FormData): Promise<void> {
  return press({ schema: named, tie: ofSession, form }, async ({ client }, { session }) => {
    const done = await removeClient(actingOf(session), client);
    return ok(`${HERE}?${done.ok ? "done" : `refused=${done.error.code}`}`);
  });
}
