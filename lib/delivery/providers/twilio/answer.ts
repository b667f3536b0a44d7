import type { HandOver, PhoneChannel } from "#lib/delivery/provider";
import { type HttpAnswer, jsonObject, retryAfter } from "#lib/delivery/providers/http";
import { handOverOf } from "#lib/delivery/providers/outcome";
import { isBroken, isPermanent, reasonOf } from "#lib/delivery/providers/twilio/errors";
import { isSid, stateOf } from "#lib/delivery/providers/twilio/state";

/** How Twilio's answers are read: strictly, so that whatever is not the documented shape says nothing. Pure. */

/** The message or call in the body of a 2xx: its state now, `unknown` where there is none to be read. */
export function resourceIn(body: string, channel: PhoneChannel): HandOver {
  const resource = jsonObject(body);
  if (!resource || !isSid(channel, resource.sid) || typeof resource.status !== "string") return { status: "unknown" };
  const state = stateOf(channel, resource.status, resource.error_code);
  // Twilio named it, so it took it; a word we do not know does not change that.
  return { ...(state ?? { status: "sent" }), ref: resource.sid };
}

function refusal({ status, headers, text }: HttpAnswer & { ok: true }): HandOver {
  const code = jsonObject(text)?.code;
  const reason = reasonOf(code) ?? "rejected";
  // A POST that finds nothing has the wrong account or address.
  if (isBroken(code) || status === 404) return { status: "failed", reason: "rejected", permanent: false, brake: "now" };
  return { status: "failed", reason, permanent: isPermanent(reason), ...(reason === "throttled" ? { brake: retryAfter(headers) } : {}) };
}

/** What the answer to a hand-over says: where its HTTP status leaves that open, the code in the body decides whose fault it is. */
export function handOverIn(answer: HttpAnswer, channel: PhoneChannel): HandOver {
  const accepted = (body: string) => resourceIn(body, channel);
  if (!answer.ok) return handOverOf(answer, { accepted, refused: () => ({ status: "unknown" }) });
  // A 403 with a code we know is about one number or country, and no reason to take the account out.
  if (answer.status === 403 && reasonOf(jsonObject(answer.text)?.code)) return refusal(answer);
  return handOverOf(answer, { accepted, refused: () => refusal(answer) });
}
