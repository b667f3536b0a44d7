import { z } from "zod";
import { beginConfirmation, spendConfirmation } from "#lib/accounts/confirmations";
import { bodies } from "#lib/api/contract/bodies";
import { personRefusals, signedInPerson } from "#lib/api/contract/person";
import { challenge } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import { publishedKeys } from "#lib/db/signing-keys";
import { afterOpening } from "#lib/http/bearer";
import { routePolicies } from "#lib/http/policy";
import { fail, ok } from "#lib/result";

/** The calls of a site that asks for one act to be confirmed, and the keys that its receipts are verified by. */

const begin = operation({
  method: "POST",
  path: "/api/v1/confirmations",
  summary: "Ask for one act to be confirmed by a second factor: its text, call and page name amount and payee.",
  policy: routePolicies.api,
  body: bodies.confirmation,
  answers: {
    200: {
      says: "The challenge, and the id of the confirmation for when it is proven.",
      schema: z.object({ next: z.literal("verify"), id: z.uuid(), challenge }),
    },
  },
  refusals: [...personRefusals, "account_restricted", "passkey_required"],
  run: async (values, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const begun = await beginConfirmation(person.value, values, null, call.requester);
    if (!begun.ok) return begun;
    const { id, opened } = begun.value;
    return answer(200, { next: "verify" as const, id, challenge: opened.view }, afterOpening(opened, false));
  },
});

const use = operation({
  method: "POST",
  path: "/api/v1/confirmations/{id}/use",
  summary: "Use a proven confirmation once, for the values that were shown.",
  policy: routePolicies.api,
  body: bodies.confirmation,
  answers: {
    200: {
      says: "The receipt: a compact JWS (EdDSA) over the values, to be verified by the keys at /.well-known/jwks.json.",
      schema: z.object({ receipt: z.string() }),
    },
  },
  refusals: [...personRefusals, "account_restricted", "confirmation_mismatch", "not_found"],
  run: async (values, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const id = z.uuid().safeParse(call.params.id);
    if (!id.success) return fail({ code: "not_found" });
    const used = await spendConfirmation(person.value, id.data, values, call.requester);
    return used.ok ? answer(200, { receipt: used.value }) : used;
  },
});

/** Seconds for which a verifier may keep the keys; one that meets an unknown `kid` asks again. */
const KEEP = 300;

/** The public keys of receipts (RFC 7517); outside `/api/v1`, so not in the OpenAPI document. */
export const keySet = operation({
  method: "GET",
  path: "/.well-known/jwks.json",
  summary: "The public keys of receipts.",
  policy: routePolicies.keys,
  answers: { 200: { says: "A JWK set.", text: true } },
  refusals: [],
  run: async () =>
    ok({
      status: 200 as const,
      text: JSON.stringify(await publishedKeys()),
      type: "application/jwk-set+json",
      // Pages elsewhere verify ID tokens with them.
      headers: { "Cache-Control": `public, max-age=${KEEP}`, "Access-Control-Allow-Origin": "*" },
    }),
});

export const confirmations = [begin, use];
