import type { DeliveryError, providerErrors } from "#lib/errors";

/**
 * Twilio's error codes in our family, coarsely: Twilio asks not to build on single codes and keeps splitting them, so
 * whatever is not here stays what its HTTP status or delivery status says. Pure.
 */
const reasons: Record<(typeof providerErrors)[number], readonly number[]> = {
  // 'To' is no number, not in E.164, a short code, a premium number; the network knows no such handset.
  invalid_number: [21211, 21217, 21265, 21421, 30005],
  // Twilio refuses texts to landlines outside the US, Canada and the UK before they cost anything.
  landline: [21614, 21635, 30006],
  not_reachable: [21214, 30003],
  refused_by_subscriber: [30004],
  opted_out: [21610],
  // Geographic permissions of the Twilio account, for texts and for calls.
  country_blocked: [13227, 21215, 21216, 21408, 32205],
  throttled: [10004, 14107, 20429, 21611, 30001, 30022, 30036],
  // Twilio's own trouble, or an account that was suspended while the text waited.
  provider_down: [20500, 30002, 30410],
  // First what is about the account (credentials, suspension, no funds, may not call), then what was filtered.
  rejected: [10001, 10005, 20003, 20005, 90010, 30007, 30034, 30450, 30453],
  no_sms_service: [],
  budget_spent: [],
  number_at_risk: [],
  unknown: [30008],
};

const byCode = new Map(Object.entries(reasons).flatMap(([reason, codes]) => codes.map((code) => [code, reason as DeliveryError] as const)));

/** The reason a code stands for; undefined for no code and for all the others. */
export const reasonOf = (code: unknown): DeliveryError | undefined => byCode.get(Number(code));

/** Codes that say that every hand-over of this account will fail until somebody acts. */
const broken = new Set([10001, 10005, 20003, 20005, 90010]);

/** Whether a code takes the whole account out. */
export const isBroken = (code: unknown): boolean => broken.has(Number(code));

/** Whether no other provider will fare better: the number itself is the reason, or its owner's wish. */
export const isPermanent = (reason: DeliveryError): boolean =>
  reason === "invalid_number" || reason === "landline" || reason === "opted_out";
