import { answer, operation } from "#lib/api/operation";
import { takeReceipt } from "#lib/delivery/messages/callbacks";
import type { Callback } from "#lib/delivery/provider";
import { env } from "#lib/env";
import type { ApiCall } from "#lib/http/called";
import { routePolicies } from "#lib/http/policy";
import { answerCall } from "#lib/purposes/messages";
import { fail, ok } from "#lib/result";

/** The calls of providers. */

/** Returns a provider's request for the adapters; its URL uses the configured origin and never a header (WH-01, WB-07). */
function callbackOf({ target, headers, query, body }: ApiCall): Callback {
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one]));
  return { method: "POST", url: `${env().publicOrigin}${target}`, query, headers: new Headers(pairs), body: body.toString() };
}

const receipt = operation({
  method: "POST",
  path: "/api/receipts/{account}",
  summary: "A delivery receipt, accepted with the provider's proof alone; 503 while its account cannot be used.",
  policy: routePolicies.receipts,
  answers: { 204: { says: "The receipt is stored." } },
  refusals: ["forbidden_origin", "invalid_input"],
  run: async (_, call) => {
    const taken = await takeReceipt(call.params.account ?? "", callbackOf(call));
    if (taken === "accepted") return answer(204, undefined);
    if (taken === "unusable") return fail({ code: "unavailable", retryAfter: 60 });
    return fail({ code: taken === "malformed" ? "invalid_input" : "forbidden_origin" });
  },
});

const voice = operation({
  method: "POST",
  path: "/api/receipts/{account}/voice",
  summary: "What a call says after its key was pressed, for the provider that makes the call alone.",
  policy: routePolicies.receipts,
  answers: { 200: { says: "What is said, in the provider's own language.", text: true } },
  refusals: ["forbidden_origin"],
  run: async (_, call) => {
    const said = await answerCall(call.params.account ?? "", callbackOf(call));
    return said ? ok({ status: 200 as const, text: said.body, type: said.contentType }) : fail({ code: "forbidden_origin" });
  },
});

export const receipts = [receipt, voice];
