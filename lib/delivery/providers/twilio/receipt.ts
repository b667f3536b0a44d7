import type { Callback, CallbackResult, PhoneChannel } from "#lib/delivery/provider";
import type { Twilio } from "#lib/delivery/providers/twilio/settings";
import { isSigned } from "#lib/delivery/providers/twilio/signature";
import { isSid, stateOf } from "#lib/delivery/providers/twilio/state";

/** The parameters of a callback that Twilio signed for this account; null for any other. */
export function authenticForm(callback: Callback, twilio: Twilio): URLSearchParams | null {
  if (!isSigned(callback, twilio.authToken)) return null;
  const form = new URLSearchParams(callback.body);
  // One auth token signs for one account; a callback that names another was not meant for this one.
  return form.get("AccountSid") === twilio.accountSid ? form : null;
}

/** The first of two spellings that Twilio uses for the same thing. */
const either = (form: URLSearchParams, name: string, older: string) => form.get(name) ?? form.get(older) ?? "";

/** Judges a status callback of a message or call: what it says once it is authentic. Pure. */
export function receiptIn(callback: Callback, twilio: Twilio): CallbackResult {
  const form = authenticForm(callback, twilio);
  if (!form) return "forbidden";
  const channel: PhoneChannel = form.has("CallSid") ? "VOICE" : "SMS";
  const ref = channel === "VOICE" ? form.get("CallSid") : either(form, "MessageSid", "SmsSid");
  const status = channel === "VOICE" ? form.get("CallStatus") : either(form, "MessageStatus", "SmsStatus");
  if (!isSid(channel, ref) || !status) return "malformed";
  const state = stateOf(channel, status, form.get("ErrorCode"));
  // A word Twilio may add tomorrow says nothing today; refusing it would only have it sent again.
  if (!state) return { receipts: [] };
  const attemptId = callback.query.get("attempt");
  const reason = "reason" in state ? { reason: state.reason } : {};
  return { receipts: [{ ...(attemptId ? { attemptId } : {}), ref, status: state.status, ...reason }] };
}
