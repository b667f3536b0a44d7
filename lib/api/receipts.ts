import { noContent, problem, read } from "#lib/api/call";
import { takeReceipt } from "#lib/delivery/callbacks";
import type { Callback } from "#lib/delivery/provider";
import { env } from "#lib/env";
import type { Call, Handler } from "#lib/http/called";
import { answerCall } from "#lib/purposes/messages";

/** What providers call: POST /api/receipts/{account} and /api/receipts/{account}/voice. */

/** A provider's request as the adapters judge it: the URL is that of the configured origin, never what a header says (WH-01, WB-07). */
function callbackOf({ target, headers, query, body }: Call): Callback {
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one]));
  return { method: "POST", url: `${env().origin}${target}`, query, headers: new Headers(pairs), body: body.toString() };
}

/** A delivery receipt: 204 once it is stored, 403 without the provider's proof, 422 for what cannot be read, 503 while its account cannot be used. */
const receipt = (account: string) =>
  read(async (call) => {
    const taken = await takeReceipt(account, callbackOf(call));
    if (taken === "accepted") return noContent();
    if (taken === "unusable") return problem({ code: "unavailable", retryAfter: 60 });
    return problem({ code: taken === "malformed" ? "invalid_input" : "forbidden_origin" });
  });

/** What a call says after its key was pressed; 403 for anybody but the provider that makes the call. */
const voice = (account: string) =>
  read(async (call) => {
    const said = await answerCall(account, callbackOf(call));
    if (!said) return problem({ code: "forbidden_origin" });
    return { status: 200, headers: { "Content-Type": said.contentType }, body: said.body, cookies: [] };
  });

/** The handlers of a provider's address, or undefined for any other path. */
export function receiptsAt(path: string): Readonly<Record<string, Handler>> | undefined {
  const [, account, spoken] = /^\/api\/receipts\/([^/]+)(\/voice)?$/.exec(path) ?? [];
  if (account === undefined) return undefined;
  return { POST: spoken ? voice(account) : receipt(account) };
}
