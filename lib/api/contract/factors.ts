import { z } from "zod";
import { readFactors } from "#lib/accounts/factors";
import { changePhone, removePhone } from "#lib/accounts/phones";
import { bodies } from "#lib/api/contract/bodies";
import { passkey } from "#lib/api/contract/passkeys";
import { guardedRefusals, isId, personRefusals, signedInPerson } from "#lib/api/contract/person";
import { answer, operation } from "#lib/api/operation";
import type { PhoneLine } from "#lib/authenticators/phones/list-phones";
import { afterChange } from "#lib/http/bearer";
import { routePolicies } from "#lib/http/policy";
import { fail } from "#lib/result";

/** The calls of an account's second factors. */

const moment = z.iso.datetime();

const phone = z
  .object({
    id: z.uuid(),
    hint: z.string().describe("The last four digits."),
    name: z.string().nullable(),
    channel: z.enum(["sms", "voice"]),
    default: z.boolean(),
    voiceOnly: z.boolean(),
    verifiedAt: moment,
    lastUsedAt: moment.nullable(),
  })
  .meta({ id: "phone" });

const phoneJson = ({ lastDigits, disabled: _disabled, doubted: _doubted, ...line }: PhoneLine): z.output<typeof phone> => ({
  ...line,
  hint: `••${lastDigits}`,
});

const factors = z.object({
  phones: z.array(phone),
  totp: z.object({ enrolledAt: moment, lastUsedAt: moment.nullable() }).nullable(),
  passkeys: z.array(passkey),
  recoveryCodes: z.object({ left: z.int(), issuedAt: moment.nullable() }),
});

const list = operation({
  method: "GET",
  path: "/api/v1/factors",
  summary: "The second factors of the account.",
  policy: routePolicies.api,
  answers: { 200: { says: "The factors.", schema: factors } },
  refusals: personRefusals,
  run: async (_, call) => {
    const person = await signedInPerson(call, { enrolling: true });
    if (!person.ok) return person;
    const { phones, totp, ...others } = await readFactors(person.value.userId);
    const app = totp && { enrolledAt: totp.enrolledAt, lastUsedAt: totp.lastUsedAt };
    return answer(200, { phones: phones.map(phoneJson), totp: app, ...others });
  },
});

const change = operation({
  method: "PATCH",
  path: "/api/v1/phones/{id}",
  summary: "Name a phone, prefer it, or change how it gets its codes.",
  policy: routePolicies.api,
  body: bodies.phone,
  answers: { 200: { says: "The phone.", schema: phone } },
  refusals: [...guardedRefusals, "not_found", "number_not_accepted"],
  run: async (input, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    if (!isId(call.params.id)) return fail({ code: "not_found" });
    const changed = await changePhone(person.value, call.params.id, input, call.requester);
    return changed.ok ? answer(200, phoneJson(changed.value)) : changed;
  },
});

const remove = operation({
  method: "DELETE",
  path: "/api/v1/phones/{id}",
  summary: "Remove a phone; never the last second factor.",
  policy: routePolicies.api,
  answers: { 204: { says: "Removed." } },
  refusals: [...guardedRefusals, "not_found", "last_factor"],
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    if (!isId(call.params.id)) return fail({ code: "not_found" });
    const removed = await removePhone(person.value, call.params.id, call.requester);
    return removed.ok ? answer(204, undefined, afterChange(removed.value)) : removed;
  },
});

export const factorCalls = [list, change, remove];
