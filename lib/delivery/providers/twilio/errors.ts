import type { DeliveryError, providerErrors } from "#lib/errors";

/**
 * Maps Twilio's error codes to reasons, coarsely, because Twilio keeps splitting its codes; without an entry the HTTP or delivery status decides.
 * Pure.
 */
const reasons: Record<(typeof providerErrors)[number], readonly number[]> = {
  // 'To' is no valid number, not E.164, a short code or a premium number, or the network does not know the handset.
  invalid_number: [21211, 21217, 21265, 21421, 30005],
  // Twilio refuses texts to landlines outside the US, Canada and the UK before it charges for them.
  landline: [21614, 21635, 30006],
  not_reachable: [21214, 30003],
  refused_by_subscriber: [30004],
  opted_out: [21610],
  // Geographic permissions of the Twilio account, for texts and for calls.
  country_blocked: [13227, 21215, 21216, 21408, 32205],
  throttled: [10004, 14107, 20429, 21611, 30001, 30022, 30036],
  // Failures of Twilio, or an account suspended while the text waited.
  provider_down: [20500, 30002, 30410],
  // Codes about the account first (credentials, suspension, funds, calls not allowed), then filtered texts.
  rejected: [10001, 10005, 20003, 20005, 90010, 30007, 30034, 30450, 30453],
  no_sms_service: [],
  budget_spent: [],
  number_at_risk: [],
  unknown: [30008],
};

const byCode = new Map(Object.entries(reasons).flatMap(([reason, codes]) => codes.map((code) => [code, reason as DeliveryError] as const)));

/** Returns the reason of a code; undefined without a code and for all others. */
export const twilioReason = (code: unknown): DeliveryError | undefined => byCode.get(Number(code));

/** Codes with which every hand-over of this account fails until an operator acts. */
const broken = new Set([10001, 10005, 20003, 20005, 90010]);

/** Returns true if a code opens the breaker of the whole account. */
export const isBroken = (code: unknown): boolean => broken.has(Number(code));

/** Returns true if no other provider can succeed: the number itself or its owner's opt-out is the reason. */
export const isPermanent = (reason: DeliveryError): boolean =>
  reason === "invalid_number" || reason === "landline" || reason === "opted_out";
