/** Why a message did not arrive: one family over all providers and carriers. */
export const deliveryErrors = [
  "invalid_number",
  "not_reachable",
  "landline",
  "refused_by_subscriber",
  "no_sms_service",
  "opted_out",
  "country_blocked",
  "throttled",
  "budget_spent",
  "provider_down",
  "rejected",
  "unknown",
] as const;

/** One of the family above. */
export type DeliveryError = (typeof deliveryErrors)[number];
