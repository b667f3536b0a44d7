import type {
  Callback,
  Delivery,
  HandOver,
  PhoneChannel,
  Provider,
  ProviderAccount,
  ProviderKind,
  Spoken,
  Surroundings,
} from "#lib/delivery/provider";
import { exchange } from "#lib/delivery/providers/http";
import { hear } from "#lib/delivery/providers/said";
import { handOverIn, resourceIn } from "#lib/delivery/providers/twilio/answer";
import { callForm, textForm, voicesOf } from "#lib/delivery/providers/twilio/forms";
import { lookUp } from "#lib/delivery/providers/twilio/lookup";
import { authenticForm, twilioReceipts } from "#lib/delivery/providers/twilio/receipt";
import {
  addressOf,
  isTwilioSender,
  placedFor,
  type Twilio,
  twilioOf,
  twilioSecrets,
  twilioSettings,
} from "#lib/delivery/providers/twilio/settings";
import { isSid } from "#lib/delivery/providers/twilio/state";
import { goodbyeTwiml, spokenTwiml } from "#lib/delivery/providers/twilio/twiml";
import { twilioWords } from "#lib/delivery/providers/twilio/words";

/** Twilio over `fetch`: hands over texts and calls, queries them, and receives signed callbacks. */

const resources: Record<PhoneChannel, string> = { SMS: "Messages", VOICE: "Calls" };

const headersOf = (twilio: Twilio) => ({ authorization: twilio.authorization, accept: "application/json", "user-agent": "Sekisho" });

const resource = (twilio: Twilio, channel: PhoneChannel, ref = "") =>
  `${addressOf("api", twilio)}/2010-04-01/Accounts/${twilio.accountSid}/${resources[channel]}${ref && `/${ref}`}.json`;

async function send(twilio: Twilio, surroundings: Surroundings, delivery: Delivery, signal: AbortSignal): Promise<HandOver> {
  const form = delivery.channel === "SMS" ? textForm(delivery, twilio, surroundings) : callForm(delivery, twilio, surroundings);
  if (!form) {
    const sender = twilio.sender ?? (delivery.channel === "SMS" ? twilio.messagingServiceSid : null);
    hear({ by: "us", why: sender ? "address_unreachable" : "no_sender" });
    return { status: "failed", reason: "rejected", permanent: false };
  }
  const headers = { ...headersOf(twilio), "content-type": "application/x-www-form-urlencoded" };
  const init = { method: "POST", headers, body: form.toString() };
  return handOverIn(await exchange(resource(placedFor(delivery, twilio), delivery.channel), init, signal), delivery.channel);
}

/** Queries an attempt by Twilio's id only: Twilio does not know the attempt's id, and a search by number and day could find another text. */
async function check(twilio: Twilio, ref: string | null, channel: PhoneChannel, signal: AbortSignal): Promise<HandOver> {
  if (!isSid(channel, ref)) return { status: "unknown" };
  const answer = await exchange(resource(twilio, channel, ref), { headers: headersOf(twilio) }, signal);
  const found = answer.ok && answer.status === 200 ? resourceIn(answer.text, channel) : { status: "unknown" as const };
  return found.status !== "unknown" && found.ref === ref ? found : { status: "unknown" };
}

/**
 * Answers Twilio's request after the key press; without a key, or with an expired code, it ends the call. The key press is recorded as the receipt
 * before the words are returned, so that the later "completed" changes nothing.
 */
async function answerCall(twilio: Twilio, { report }: Surroundings, callback: Callback, speak: (ref: string) => Promise<Spoken | null>) {
  const form = authenticForm(callback, twilio);
  const ref = form?.get("CallSid");
  if (!form || !isSid("VOICE", ref) || !/^[0-9*#]$/.test(form.get("Digits") ?? "")) return null;
  const spoken = await speak(ref);
  const attemptId = callback.query.get("attempt");
  if (spoken) await report({ ...(attemptId ? { attemptId } : {}), ref, status: "delivered" });
  const body = spoken ? spokenTwiml(spoken.text, spoken.locale, voicesOf(twilio)) : goodbyeTwiml;
  return { contentType: "text/xml; charset=utf-8", body };
}

function create(account: ProviderAccount, surroundings: Surroundings): Provider {
  const twilio = twilioOf(account);
  return {
    send: (delivery, signal) => send(twilio, surroundings, delivery, signal),
    lookup: (to, what, signal) => lookUp(twilio, to, what, signal),
    check: ({ ref, channel }, signal) => check(twilio, ref, channel, signal),
    receipt: (callback) => twilioReceipts(callback, twilio),
    voice: (callback, speak) => answerCall(twilio, surroundings, callback, speak),
  };
}

/** Twilio: texts and calls to every country that its account permits. */
export const twilio: ProviderKind = {
  kind: "twilio",
  channels: ["SMS", "VOICE"],
  receipts: "signed",
  promisesReceipts: () => true,
  settings: twilioSettings,
  secrets: twilioSecrets,
  acceptsSender: isTwilioSender,
  words: twilioWords,
  create,
};
