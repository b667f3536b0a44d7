import type { Receipt } from "#lib/delivery/provider";
import { jsonObject } from "#lib/delivery/providers/http";
import type { DeliveryError } from "#lib/errors";

/** Maps the events of End User Messaging SMS to receipts. Pure. */

type State = Pick<Receipt, "status"> & { reason?: DeliveryError };

/** "Successful" is a carrier that accepted the text; only "delivered" claims a handset. */
const states: Record<string, State> = {
  TEXT_PENDING: { status: "sent" },
  TEXT_QUEUED: { status: "sent" },
  TEXT_SENT: { status: "sent" },
  TEXT_SUCCESSFUL: { status: "sent" },
  TEXT_DELIVERED: { status: "delivered" },
  TEXT_INVALID: { status: "undelivered", reason: "invalid_number" },
  TEXT_INVALID_MESSAGE: { status: "failed", reason: "rejected" },
  TEXT_UNREACHABLE: { status: "undelivered", reason: "not_reachable" },
  TEXT_CARRIER_UNREACHABLE: { status: "undelivered", reason: "provider_down" },
  TEXT_BLOCKED: { status: "undelivered", reason: "refused_by_subscriber" },
  TEXT_CARRIER_BLOCKED: { status: "undelivered", reason: "rejected" },
  TEXT_SPAM: { status: "undelivered", reason: "rejected" },
  TEXT_TTL_EXPIRED: { status: "undelivered", reason: "not_reachable" },
  TEXT_PROTECT_BLOCKED: { status: "failed", reason: "country_blocked" },
  TEXT_UNKNOWN: { status: "undelivered", reason: "unknown" },
};

/** Parses the message of a verified notification; an event of another kind has no receipt, null is no event. */
export function receiptsIn(message: string): Receipt[] | null {
  const event = jsonObject(message);
  const { eventType, messageId, context } = event ?? {};
  if (typeof eventType !== "string") return null;
  const state = Object.hasOwn(states, eventType) ? states[eventType] : undefined;
  if (!state) return [];
  if (typeof messageId !== "string" || messageId === "") return null;
  const attempt = (context as { attempt?: unknown } | null | undefined)?.attempt;
  return [{ ...(typeof attempt === "string" ? { attemptId: attempt } : {}), ref: messageId, ...state }];
}
