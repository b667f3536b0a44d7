import type { Delivery, Surroundings } from "#lib/delivery/provider";
import type { Twilio } from "#lib/delivery/providers/twilio/settings";
import { greetingTwiml, VOICES, type Voices } from "#lib/delivery/providers/twilio/twiml";

/** What is said to Twilio, as its own SDK says it (its oracle test compares the two). Pure. */

type Text = Extract<Delivery, { channel: "SMS" }>;
type Call = Extract<Delivery, { channel: "VOICE" }>;

/** The longest Twilio keeps a text waiting, in seconds. */
const LONGEST_VALIDITY = 36_000;
/** Seconds a phone rings: enough to fetch it, too short for most answering machines. */
const RING_SECONDS = 30;
/** Both greetings and three slow repetitions fit twice over; a line somebody leaves open costs no more. */
const CALL_SECONDS = 180;

/** Whether Twilio can reach an address: it refuses loopback names (21609 for texts), and a demo has no other. */
const isReachable = (url: string): boolean => !/^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/** The voices of the account, ours where it names none. */
export const voicesOf = ({ voiceJa, voiceEn }: Twilio): Voices => ({ ja: voiceJa ?? VOICES.ja, en: voiceEn ?? VOICES.en });

/**
 * The form of one text; null for an account that has nobody to send as. `SmartEncoded` off: the last line is read by browsers, and a
 * Messaging Service would rewrite it. `RiskCheck` is not said, so a pumping protection that the operator bought stays on.
 */
export function textForm(delivery: Text, twilio: Twilio, { receiptUrl }: Pick<Surroundings, "receiptUrl">): URLSearchParams | null {
  const { messagingServiceSid, sender, retention } = twilio;
  if (!messagingServiceSid && !sender) return null;
  const form = new URLSearchParams({ To: delivery.to, Body: delivery.text });
  if (messagingServiceSid) form.set("MessagingServiceSid", messagingServiceSid);
  else if (sender) form.set("From", sender);
  const callback = receiptUrl(delivery.attemptId);
  if (isReachable(callback)) form.set("StatusCallback", callback);
  // A code that arrives dead only makes somebody type it.
  form.set("ValidityPeriod", String(Math.min(LONGEST_VALIDITY, Math.max(1, Math.floor(delivery.validSeconds)))));
  form.set("SmartEncoded", "false");
  if (retention === "discard") {
    form.set("ContentRetention", "discard");
    form.set("AddressRetention", "obfuscate");
  }
  return form;
}

/**
 * The form of one call; null for an account that cannot make one: without a number to call from, or where Twilio could never ask for
 * the code and somebody would be called in vain. The code is in neither the TwiML nor an address, which Twilio logs (PSTN-09).
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
