import type { HandOver } from "#lib/delivery/provider";
import type { DeliveryError, providerErrors } from "#lib/errors";

/** Maps the status and the error of a text to the product's states. Pure. */

/**
 * Error codes of the group "handset errors" and statuses of a refusal that have a reason of their own; the numbers of the two lists differ in
 * meaning.
 */
const errors: Partial<Record<(typeof providerErrors)[number], readonly number[]>> = {
  // Unknown subscriber; the address cannot receive texts is a matter of its service.
  invalid_number: [1],
  no_sms_service: [11, 21, 258, 629],
  not_reachable: [5, 6, 8, 27, 31, 32, 33, 256, 502, 581, 628],
  refused_by_subscriber: [9, 13, 573],
};
const refusals: Partial<Record<(typeof providerErrors)[number], readonly number[]>> = {
  invalid_number: [8, 51, 52],
  refused_by_subscriber: [10],
  country_blocked: [6, 19],
  throttled: [20],
  budget_spent: [12, 17],
  provider_down: [21],
};

const find = (table: typeof errors, id: unknown): DeliveryError | undefined =>
  Object.entries(table).find(([, ids]) => ids.includes(id as number))?.[0] as DeliveryError | undefined;

type Named = { groupId: number; id: number; permanent: boolean };

function named(value: unknown): Named | null {
  if (typeof value !== "object" || value === null) return null;
  const { groupId, id, permanent } = value as Record<string, unknown>;
  return Number.isInteger(groupId) && Number.isInteger(id)
    ? { groupId: groupId as number, id: id as number, permanent: permanent === true }
    : null;
}

/** Reasons that are the number's own, so that a permanent error holds for every provider. */
const OF_THE_NUMBER: readonly DeliveryError[] = ["invalid_number", "no_sms_service"];

const PENDING = 1;
const UNDELIVERABLE = 2;
const DELIVERED = 3;
const EXPIRED = 4;
const REJECTED = 5;
/** Delivered to the operator: the handset may still report. */
const TO_OPERATOR = 2;
const DUPLICATE = 23;
const DLR_UNKNOWN = 29;
const SIGNALS_BLOCKED = 87;
/** An invalid destination, which no numbering plan has. */
const REJECTED_DESTINATION = 52;
/** Refusals with which every text of this account fails until an operator acts: sender not registered, no credits. */
const BROKEN = new Set([11, 12, 13, 17]);

/**
 * Returns the state of a text; `unknown` for content outside the documents. Infobip's `permanent` says that the same text would fail again with
 * Infobip, so it is believed for other providers only where the number is the reason.
 */
export function infobipState(status: unknown, error: unknown): HandOver {
  const [said, failure] = [named(status), named(error)];
  const stopped = (one: "undelivered" | "failed", reason: DeliveryError, permanent = false): HandOver => ({
    status: one,
    reason,
    permanent: permanent || (failure?.permanent === true && OF_THE_NUMBER.includes(reason)),
  });
  if (!said) return { status: "unknown" };
  switch (said.groupId) {
    case PENDING:
      return { status: "sent", ref: null };
    case DELIVERED:
      return { status: said.id === TO_OPERATOR ? "sent" : "delivered", ref: null };
    case UNDELIVERABLE:
      return stopped("undelivered", find(errors, failure?.id) ?? "unknown");
    case EXPIRED:
      if (said.id === SIGNALS_BLOCKED) return stopped("failed", "rejected");
      return stopped("undelivered", said.id === DLR_UNKNOWN ? "unknown" : (find(errors, failure?.id) ?? "not_reachable"));
    case REJECTED: {
      // A repetition was refused because the first one was accepted, whose fate only the log shows.
      if (said.id === DUPLICATE) return { status: "unknown" };
      const reason = find(refusals, said.id) ?? find(errors, failure?.id) ?? "rejected";
      return {
        ...stopped("failed", reason, said.id === REJECTED_DESTINATION),
        ...(BROKEN.has(said.id) ? { backOff: "now" as const } : {}),
      };
    }
    default:
      return { status: "unknown" };
  }
}
