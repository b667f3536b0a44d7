import type { HandOver, PhoneChannel } from "#lib/delivery/provider";
import { type HttpAnswer, jsonObject, retryAfter } from "#lib/delivery/providers/http";
import { handOverOf } from "#lib/delivery/providers/outcome";
import { isBroken, isPermanent, twilioReason } from "#lib/delivery/providers/twilio/errors";
import { isSid, twilioState } from "#lib/delivery/providers/twilio/state";

/** Parses Twilio's answers strictly: undocumented content yields `unknown`. Pure. */

/** Returns the state of the message or call in the body of a 2xx; `unknown` if it has none. */
export function resourceIn(body: string, channel: PhoneChannel): HandOver {
  const resource = jsonObject(body);
  if (!resource || !isSid(channel, resource.sid) || typeof resource.status !== "string") return { status: "unknown" };
  const state = twilioState(channel, resource.status, resource.error_code);
  // An id means that Twilio accepted it, even with an unknown status.
  return { ...(state ?? { status: "sent" }), ref: resource.sid };
}

function refusal({ status, headers, text }: HttpAnswer & { ok: true }): HandOver {
  const code = jsonObject(text)?.code;
  const reason = twilioReason(code) ?? "rejected";
  // A 404 to a POST means a wrong account or address.
  if (isBroken(code) || status === 404) return { status: "failed", reason: "rejected", permanent: false, backOff: "now" };
  return { status: "failed", reason, permanent: isPermanent(reason), ...(reason === "throttled" ? { backOff: retryAfter(headers) } : {}) };
}

/** Returns the outcome of a hand-over; where the HTTP status is ambiguous, the error code in the body decides. */
export function handOverIn(answer: HttpAnswer, channel: PhoneChannel): HandOver {
  const accepted = (body: string) => resourceIn(body, channel);
  if (!answer.ok) return handOverOf(answer, { accepted, refused: () => ({ status: "unknown" }) });
  // A 403 with a known code concerns one number or country, so the account's breaker stays closed.
  if (answer.status === 403 && twilioReason(jsonObject(answer.text)?.code)) return refusal(answer);
  return handOverOf(answer, { accepted, refused: () => refusal(answer) });
}
