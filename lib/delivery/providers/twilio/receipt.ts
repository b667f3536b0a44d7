import type { Callback, CallbackResult, PhoneChannel } from "#lib/delivery/provider";
import type { Twilio } from "#lib/delivery/providers/twilio/settings";
import { isTwilioSigned } from "#lib/delivery/providers/twilio/signature";
import { isSid, twilioState } from "#lib/delivery/providers/twilio/state";

/** Returns the parameters of a callback with a valid signature for this account; null for any other. */
export function authenticForm(callback: Callback, twilio: Twilio): URLSearchParams | null {
  if (!isTwilioSigned(callback, twilio.authToken)) return null;
  const form = new URLSearchParams(callback.body);
  // An auth token signs for one account; a callback that names another account is refused.
  return form.get("AccountSid") === twilio.accountSid ? form : null;
}

/** Returns the value under the current or the older of Twilio's two names of a parameter. */
const either = (form: URLSearchParams, name: string, older: string) => form.get(name) ?? form.get(older) ?? "";

/** Parses a status callback of a message or call after its authentication. Pure. */
export function twilioReceipts(callback: Callback, twilio: Twilio): CallbackResult {
  const form = authenticForm(callback, twilio);
  if (!form) return "forbidden";
  const channel: PhoneChannel = form.has("CallSid") ? "VOICE" : "SMS";
  const ref = channel === "VOICE" ? form.get("CallSid") : either(form, "MessageSid", "SmsSid");
  const status = channel === "VOICE" ? form.get("CallStatus") : either(form, "MessageStatus", "SmsStatus");
  if (!isSid(channel, ref) || !status) return "malformed";
  const state = twilioState(channel, status, form.get("ErrorCode"));
  // An unknown status is accepted without effect: a refusal would only make Twilio send it again.
  if (!state) return { receipts: [] };
  const attemptId = callback.query.get("attempt");
  const reason = "reason" in state ? { reason: state.reason } : {};
  const code = form.get("ErrorCode");
  return { receipts: [{ ...(attemptId ? { attemptId } : {}), ref, status: state.status, ...reason, ...(code ? { code } : {}) }] };
}
