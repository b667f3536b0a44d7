import type { Delivery, Surroundings } from "#lib/delivery/provider";
import type { Twilio } from "#lib/delivery/providers/twilio/settings";
import { greetingTwiml, VOICES, type Voices } from "#lib/delivery/providers/twilio/twiml";

/** Requests to Twilio as its own SDK builds them (a test compares the two). Pure. */

type Text = Extract<Delivery, { channel: "SMS" }>;
type Call = Extract<Delivery, { channel: "VOICE" }>;

/** Twilio's maximum for the validity of a text, in seconds. */
const LONGEST_VALIDITY = 36_000;
/** Seconds that a phone rings: enough to reach it, too short for most answering machines. */
const RING_SECONDS = 30;
/** Maximum seconds of a call: twice the two greetings and three slow repetitions; it bounds the cost of an open line. */
const CALL_SECONDS = 180;

/** Returns true if Twilio can reach a URL: it refuses loopback names (21609 for texts), which a demo uses. */
const isReachable = (url: string): boolean => !/^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/** Returns the account's voices, or the default ones. */
export const voicesOf = ({ voiceJa, voiceEn }: Twilio): Voices => ({ ja: voiceJa ?? VOICES.ja, en: voiceEn ?? VOICES.en });

/**
 * Builds the form of a text; null for an account without a sender. `SmartEncoded` is off, because a Messaging Service would rewrite the last line
 * that browsers read; `RiskCheck` is not set, so that a purchased pumping protection stays on.
 */
export function textForm(delivery: Text, twilio: Twilio, { receiptUrl }: Pick<Surroundings, "receiptUrl">): URLSearchParams | null {
  const { messagingServiceSid, sender, retention } = twilio;
  if (!messagingServiceSid && !sender) return null;
  const form = new URLSearchParams({ To: delivery.to, Body: delivery.text });
  if (messagingServiceSid) form.set("MessagingServiceSid", messagingServiceSid);
  else if (sender) form.set("From", sender);
  const callback = receiptUrl(delivery.attemptId);
  if (isReachable(callback)) form.set("StatusCallback", callback);
  // A text that arrives after its code's expiry is useless.
  form.set("ValidityPeriod", String(Math.min(LONGEST_VALIDITY, Math.max(1, Math.floor(delivery.validSeconds)))));
  form.set("SmartEncoded", "false");
  if (retention === "discard") {
    form.set("ContentRetention", "discard");
    form.set("AddressRetention", "obfuscate");
  }
  return form;
}

/**
 * Builds the form of a call; null for an account without a caller number, or if Twilio could not fetch the code. The code is in neither the TwiML
 * nor a URL, because Twilio logs both (PSTN-09).
 */
export function callForm(
  delivery: Call,
  twilio: Twilio,
  surroundings: Pick<Surroundings, "receiptUrl" | "voiceUrl">,
): URLSearchParams | null {
  const action = surroundings.voiceUrl(delivery.attemptId);
  if (!twilio.sender || !isReachable(action)) return null;
  return new URLSearchParams({
    To: delivery.to,
    From: twilio.sender,
    Twiml: greetingTwiml(delivery.greeting, delivery.locale, action, voicesOf(twilio)),
    StatusCallback: surroundings.receiptUrl(delivery.attemptId),
    StatusCallbackEvent: "completed",
    Timeout: String(RING_SECONDS),
    TimeLimit: String(CALL_SECONDS),
  });
}
