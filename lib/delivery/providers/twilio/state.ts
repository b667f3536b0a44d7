import type { PhoneChannel } from "#lib/delivery/provider";
import { isPermanent, twilioReason } from "#lib/delivery/providers/twilio/errors";
import type { DeliveryError } from "#lib/errors";

/** Maps Twilio's statuses of a message or call to the product's states. Pure. */

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
      return stopped(status, twilioReason(code) ?? "unknown");
    case "canceled":
      return stopped("failed", "rejected");
    default:
      return null;
  }
}

/**
 * Only the key press delivers a call, and Twilio reports it to the voice callback, not as a status. "completed" therefore means that the code was
 * not heard (hang-up or answering machine), because a key press would already be recorded.
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
      return stopped("failed", twilioReason(code) ?? "not_reachable");
    case "canceled":
      return stopped("failed", "rejected");
    default:
      return null;
  }
}

/** Returns the state of a Twilio status; null for an unknown status. */
export const twilioState = (channel: PhoneChannel, status: string, code: unknown): State | null =>
  channel === "SMS" ? messageState(status, code) : callState(status, code);

const sids = { SMS: /^(?:SM|MM)[0-9a-fA-F]{32}$/, VOICE: /^CA[0-9a-fA-F]{32}$/ };

/** Returns true if a text is Twilio's id of a message or call; it is used in URLs, so no other format is accepted. */
export const isSid = (channel: PhoneChannel, value: unknown): value is string => typeof value === "string" && sids[channel].test(value);
