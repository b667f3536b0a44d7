import type { PhoneChannel } from "#lib/delivery/provider";
import { isPermanent, reasonOf } from "#lib/delivery/providers/twilio/errors";
import type { DeliveryError } from "#lib/errors";

/** What Twilio's words for a message or call mean to the person waiting. Pure. */

export type State = { status: "sent" | "delivered" } | { status: "undelivered" | "failed"; reason: DeliveryError; permanent: boolean };

const stopped = (status: "undelivered" | "failed", reason: DeliveryError): State => ({ status, reason, permanent: isPermanent(reason) });

function messageState(status: string, code: unknown): State | null {
  switch (status) {
    case "queued":
    case "accepted":
    case "scheduled":
    case "sending":
    case "sent":
    case "partially_delivered":
      return { status: "sent" };
    case "delivered":
    case "read":
      return { status: "delivered" };
    case "undelivered":
    case "failed":
      return stopped(status, reasonOf(code) ?? "unknown");
    case "canceled":
      return stopped("failed", "rejected");
    default:
      return null;
  }
}

/**
 * A call is delivered by its key press alone, which Twilio tells the voice callback and no status: "completed" is also somebody who
 * hung up and an answering machine, who have not heard the code. Whoever pressed a key was recorded before the call ended.
 */
function callState(status: string, code: unknown): State | null {
  switch (status) {
    case "queued":
    case "initiated":
    case "ringing":
    case "in-progress":
      return { status: "sent" };
    case "completed":
    case "busy":
    case "no-answer":
      return stopped("undelivered", "not_reachable");
    case "failed":
      return stopped("failed", reasonOf(code) ?? "not_reachable");
    case "canceled":
      return stopped("failed", "rejected");
    default:
      return null;
  }
}

/** The state a status of Twilio's stands for; null for a word that is not one of an outgoing message or call. */
export const stateOf = (channel: PhoneChannel, status: string, code: unknown): State | null =>
  channel === "SMS" ? messageState(status, code) : callState(status, code);

const sids = { SMS: /^(?:SM|MM)[0-9a-fA-F]{32}$/, VOICE: /^CA[0-9a-fA-F]{32}$/ };

/** Whether a text is Twilio's name for a message or call; it goes back into URLs, so nothing else may. */
export const isSid = (channel: PhoneChannel, value: unknown): value is string => typeof value === "string" && sids[channel].test(value);
