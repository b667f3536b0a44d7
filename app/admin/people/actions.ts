"use server";

import { z } from "zod";
import { grantPerson, invitePerson, revokePerson, withdrawInvitation } from "#lib/console/people";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { ok } from "#lib/result";
import { roles } from "#lib/staff/matrix";
import type { FormState } from "#lib/web/form-state";
import { actingOf } from "#lib/web/step-up";
import { press, submit } from "#lib/web/submit";
import { ofSession } from "#lib/web/ties";

const HERE = "/admin/people";
const named = { email: z.string().max(320), role: z.enum(roles) };
const inviting = z.object({ ...named, act: z.literal("invite") });
const granting = z.object({ ...named, act: z.literal("grant") });
const revoking = z.object({ person: z.uuid(), act: z.literal("revoke"), reason: z.string().max(2000).optional() });

const withdrawing = z.object({ invitation: z.uuid(), act: z.literal("withdraw") });

const whyOf = ({ code, reason }: Refused): string => (code === "not_allowed" && reason ? reason : code);

/** Makes the one-time URL of an invitation and shows it once: the answer of this form is the only place where it stands. */
export async function invitePersonAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema: inviting, tie: ofSession, previous, form }, async ({ email, role }, { session }) => {
    const invited = await invitePerson(actingOf(session), { email, role });
    return invited.ok ? ok({ shown: { invited: email, invitedRole: role, url: `${env().publicOrigin}${invited.value}` } }) : invited;
  });
}

/** Gives a role to an account that exists. */
export async function grantPersonAction(form: FormData): Promise<void> {
  return press({ schema: granting, tie: ofSession, form }, async ({ email, role }, { session }) => {
    const done = await grantPerson(actingOf(session), { email, role });
    return ok(`${HERE}?${done.ok ? "done=grant" : `refused=${whyOf(done.error)}`}`);
  });
}

/** Takes the roles of another account away. */
export async function revokePersonAction(form: FormData): Promise<void> {
  return press({ schema: revoking, tie: ofSession, form }, async ({ person, reason = "" }, { session }) => {
    const done = await revokePerson(actingOf(session), person, reason);
    return ok(`${HERE}?${done.ok ? "done=revoke" : `refused=${whyOf(done.error)}`}`);
  });
}

/** Withdraws an open invitation. */
export async function withdrawInviteAction(form: FormData): Promise<void> {
  return press({ schema: withdrawing, tie: ofSession, form }, async ({ invitation }, { session }) => {
    const done = await withdrawInvitation(actingOf(session), invitation);
    return ok(`${HERE}?${done.ok ? "done=withdraw" : `refused=${whyOf(done.error)}`}`);
  });
}
