import { z } from "zod";
import { beginEmailChange } from "#lib/accounts/change-email";
import { changePassword } from "#lib/accounts/change-password";
import { cancelDeletion, requestDeletion } from "#lib/accounts/delete-account";
import { exportData, exportedParts } from "#lib/accounts/export-data";
import { beginStepUp } from "#lib/accounts/step-up";
import { bodies } from "#lib/api/contract/bodies";
import { guardedRefusals, personRefusals, signedInPerson } from "#lib/api/contract/person";
import { challenge, toVerify } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import { afterChange, afterOpening } from "#lib/http/bearer";
import { routePolicies } from "#lib/http/policy";

/** The calls of a signed-in person's own control. */

const stepUp = operation({
  method: "POST",
  path: "/api/v1/step-up",
  summary: "Prove a second factor for a class of acts.",
  policy: routePolicies.api,
  body: bodies.stepUp,
  answers: {
    200: {
      says: "The challenge, or until when this session has stepped up already.",
      schema: z.union([
        z.object({ next: z.literal("verify"), challenge }),
        z.object({ next: z.literal("stepped_up"), until: z.iso.datetime() }),
      ]),
    },
  },
  refusals: personRefusals,
  run: async ({ action }, call) => {
    const person = await signedInPerson(call, { enrolling: action === "manage_factors" });
    if (!person.ok) return person;
    const begun = await beginStepUp(person.value, action, null, call.requester);
    if (!begun.ok) return begun;
    if ("until" in begun.value) return answer(200, { next: "stepped_up" as const, until: begun.value.until.toISOString() });
    const { opened } = begun.value;
    return answer(200, { next: "verify" as const, challenge: opened.view }, afterOpening(opened, false));
  },
});

const password = operation({
  method: "POST",
  path: "/api/v1/account/password",
  summary: "Change the password; every other session ends.",
  policy: routePolicies.api,
  body: bodies.password,
  answers: { 204: { says: "Changed." } },
  refusals: guardedRefusals,
  run: async (input, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const changed = await changePassword(person.value, input.password, call.requester);
    return changed.ok ? answer(204, undefined, afterChange(changed.value)) : changed;
  },
});

const email = operation({
  method: "POST",
  path: "/api/v1/account/email",
  summary: "Change the e-mail address: a code goes to the new one.",
  policy: routePolicies.api,
  body: bodies.email,
  answers: { 202: { says: "The challenge.", schema: toVerify } },
  refusals: [...guardedRefusals, "too_many_sends", "sending_stopped"],
  run: async (input, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const opened = await beginEmailChange(person.value, input, call.requester);
    return opened.ok ? answer(202, { next: "verify" as const, challenge: opened.value.view }, afterOpening(opened.value, false)) : opened;
  },
});

const rows = z.array(z.record(z.string(), z.unknown()));
const parts = Object.fromEntries(exportedParts.map((part) => [part, rows])) as Record<(typeof exportedParts)[number], typeof rows>;

const exported = operation({
  method: "GET",
  path: "/api/v1/account/export",
  summary: "Everything that is kept about the person, their own numbers in full.",
  policy: routePolicies.api,
  answers: {
    200: {
      says: "The data by subject.",
      schema: z.object({ exportedAt: z.iso.datetime(), account: z.record(z.string(), z.unknown()), ...parts }),
    },
  },
  refusals: guardedRefusals,
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const data = await exportData(person.value, call.requester);
    return data.ok ? answer(200, data.value) : data;
  },
});

const remove = operation({
  method: "DELETE",
  path: "/api/v1/account",
  summary: "Delete the account in thirty days.",
  policy: routePolicies.api,
  answers: { 202: { says: "When it is deleted.", schema: z.object({ deleteAt: z.iso.datetime() }) } },
  refusals: [...guardedRefusals, "last_administrator"],
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const asked = await requestDeletion(person.value, call.requester);
    return asked.ok ? answer(202, { deleteAt: asked.value.deleteAt.toISOString() }) : asked;
  },
});

const restore = operation({
  method: "POST",
  path: "/api/v1/account/restore",
  summary: "Take the deletion of the account back.",
  policy: routePolicies.api,
  body: bodies.nothing,
  answers: { 204: { says: "Kept." } },
  refusals: guardedRefusals,
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const kept = await cancelDeletion(person.value, call.requester);
    return kept.ok ? answer(204, undefined) : kept;
  },
});

export const account = [stepUp, password, email, exported, remove, restore];
