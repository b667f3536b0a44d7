import type { DeliveryError } from "#lib/errors";

/** How the demo network treats a number, by its last four digits. */
type DemoBehaviour = {
  digits: string;
  outcome: "delivered" | "undelivered" | "sent" | "failed";
  reason?: DeliveryError;
  /** True if another provider would fail too. */
  permanent?: boolean;
  /** Seconds until the receipt; absent: at once. */
  receiptInSeconds?: number;
  channel: "SMS" | "VOICE" | "both";
};

/** The fixed behaviours; every other number delivers at once. */
export const behaviours: readonly DemoBehaviour[] = [
  { digits: "0001", outcome: "undelivered", reason: "refused_by_subscriber", permanent: true, channel: "SMS" },
  { digits: "0002", outcome: "undelivered", reason: "no_sms_service", permanent: true, channel: "SMS" },
  { digits: "0003", outcome: "sent", channel: "SMS" },
  { digits: "0004", outcome: "failed", reason: "provider_down", channel: "SMS" },
  { digits: "0005", outcome: "failed", reason: "provider_down", channel: "both" },
  { digits: "0006", outcome: "sent", receiptInSeconds: 20, channel: "SMS" },
  { digits: "0007", outcome: "undelivered", reason: "not_reachable", permanent: true, channel: "VOICE" },
];

/** The behaviour of a number on a channel, or null for ordinary delivery. */
export const behaviourOf = (e164: string, channel: "SMS" | "VOICE"): DemoBehaviour | null =>
  behaviours.find((one) => e164.endsWith(one.digits) && (one.channel === "both" || one.channel === channel)) ?? null;
