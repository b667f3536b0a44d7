import { z } from "zod";
import { bodies } from "#lib/api/contract/bodies";
import { delivery } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import type { Refused } from "#lib/errors";
import { limiterKey } from "#lib/http/address";
import type { ApiCall } from "#lib/http/called";
import { routePolicies } from "#lib/http/policy";
import { type PresentedKey, presentedKey } from "#lib/keys/admit";
import { canonicalIp } from "#lib/proxies";
import { fail, ok, type Result } from "#lib/result";
import { checkVerification, sendVerification } from "#lib/verifications/act";
import { readVerification } from "#lib/verifications/read";
import { requestVerification } from "#lib/verifications/request";

/** The calls of another system that keeps its own accounts and has a number proven here. No cookie counts, only the key. */

const moment = z.iso.datetime();

const verification = z
  .object({
    id: z.uuid(),
    status: z.enum(["pending", "approved", "expired", "exhausted"]),
    to: z.string().describe("The last two digits of the number."),
    delivery: delivery.nullable(),
    attemptsLeft: z.int().min(0).max(5),
    sendsLeft: z.int().min(0).max(5),
    resendAt: z.object({ sms: moment.optional(), voice: moment.optional() }),
    expiresAt: moment,
    receipt: z
      .string()
      .optional()
      .describe(
        "Of an approved verification with an act: a compact JWS (EdDSA) over its values, to be verified by the keys at /.well-known/jwks.json.",
      ),
  })
  .meta({ id: "verification" });

const keyRefusals = ["unauthenticated", "not_allowed"] as const;
const sendRefusals = ["too_many_sends", "sending_stopped", "method_not_available"] as const;

const authorization = {
  in: "header",
  name: "Authorization",
  schema: z.string().max(256),
  says: "Bearer and a key with the scope verify, from npm run key.",
} as const;

const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,255}$/);
const idempotency = {
  in: "header",
  name: "Idempotency-Key",
  schema: idempotencyKeySchema,
  says: "Up to 255 visible ASCII characters; the same key with the same body begins nothing new.",
} as const;

/** The key of a call for the scope of verifications. */
async function keyOf({ headers }: ApiCall): Promise<Result<PresentedKey, Refused>> {
  const { authorization: given } = headers;
  const key = await presentedKey(typeof given === "string" ? given : undefined, "verify");
  if (!key) return fail({ code: "unauthenticated" });
  return key.allowed ? ok(key) : fail({ code: "not_allowed" });
}

/** The key of a call with the id of its path. */
async function ownOf(call: ApiCall): Promise<Result<{ key: PresentedKey; id: string }, Refused>> {
  const key = await keyOf(call);
  if (!key.ok) return key;
  const id = z.uuid().safeParse(call.params.id);
  return id.success ? ok({ key: key.value, id: id.data }) : fail({ code: "not_found" });
}

const shown = <V extends { delivery: object | null }>(value: V) => value as V & z.input<typeof verification>;

const create = operation({
  method: "POST",
  path: "/api/v1/verifications",
  summary: "Send a code to a number that has no account here, by text or call.",
  policy: routePolicies.api,
  parameters: [authorization, idempotency],
  body: bodies.verification,
  answers: { 201: { says: "The verification; its code is on the way.", schema: verification } },
  refusals: [...keyRefusals, ...sendRefusals, "number_not_accepted", "idempotency_key_reused", "passkey_required"],
  run: async ({ clientIp, ...asked }, call) => {
    const key = await keyOf(call);
    if (!key.ok) return key;
    const client = clientIp === undefined ? null : canonicalIp(clientIp);
    if (clientIp !== undefined && client === null) return fail({ code: "invalid_input", fields: { clientIp: "invalid_input" } });
    const given = call.headers["idempotency-key"];
    const idempotencyKey = given === undefined ? null : idempotencyKeySchema.safeParse(given).data;
    if (idempotencyKey === undefined) return fail({ code: "invalid_input", fields: { "Idempotency-Key": "invalid_input" } });
    const request = { ...asked, client: client && limiterKey(client), idempotencyKey };
    const begun = await requestVerification(key.value, request, call.requester);
    return begun.ok ? answer(201, shown(begun.value)) : begun;
  },
});

const read = operation({
  method: "GET",
  path: "/api/v1/verifications/{id}",
  summary: "Read a verification with the state of its delivery.",
  policy: routePolicies.api,
  parameters: [authorization],
  answers: { 200: { says: "The verification.", schema: verification } },
  refusals: [...keyRefusals, "not_found"],
  run: async (_, call) => {
    const own = await ownOf(call);
    if (!own.ok) return own;
    const found = await readVerification(own.value.key.id, own.value.id);
    return found ? answer(200, shown(found)) : fail({ code: "not_found" });
  },
});

const send = operation({
  method: "POST",
  path: "/api/v1/verifications/{id}/send",
  summary: "Send the code again, or by the other way.",
  policy: routePolicies.api,
  parameters: [authorization],
  body: bodies.verificationSend,
  answers: { 202: { says: "The verification; its code is on the way again.", schema: verification } },
  refusals: [...keyRefusals, ...sendRefusals, "not_found", "challenge_expired", "too_many_attempts"],
  run: async ({ channel }, call) => {
    const own = await ownOf(call);
    if (!own.ok) return own;
    const sent = await sendVerification(own.value.key, own.value.id, channel, call.requester);
    return sent.ok ? answer(202, shown(sent.value)) : sent;
  },
});

const check = operation({
  method: "POST",
  path: "/api/v1/verifications/{id}/check",
  summary: "Check the code that the person typed; a right one approves the verification once.",
  policy: routePolicies.api,
  parameters: [authorization],
  body: bodies.verificationCheck,
  answers: { 200: { says: "The approved verification, with the receipt of its act where one was named.", schema: verification } },
  refusals: [
    ...keyRefusals,
    "not_found",
    "code_wrong",
    "challenge_expired",
    "too_many_attempts",
    "too_many_requests",
    "method_not_available",
  ],
  run: async ({ code }, call) => {
    const own = await ownOf(call);
    if (!own.ok) return own;
    const checked = await checkVerification(own.value.key, own.value.id, code, call.requester);
    return checked.ok ? answer(200, shown(checked.value)) : checked;
  },
});

export const verifications = [create, read, send, check];
