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
  "number_at_risk",
  "number_recycled",
  "call_forwarded",
  "sending_stopped",
  "address_refused",
  "unknown",
] as const;

export type DeliveryError = (typeof deliveryErrors)[number];

/** Reasons that only our own code reports: an operator's stop, a refused mail address, and what a look-up told about a number. */
type OwnError = "sending_stopped" | "address_refused" | "number_recycled" | "call_forwarded";
const ownErrors: readonly DeliveryError[] = [
  "sending_stopped",
  "address_refused",
  "number_recycled",
  "call_forwarded",
] satisfies OwnError[];

/** The reasons that a provider adapter may return. */
export const providerErrors = deliveryErrors.filter((reason): reason is Exclude<DeliveryError, OwnError> => !ownErrors.includes(reason));

/** The codes that answer persons and programs; the build fails if one lacks words in either language. */
export type ErrorCode =
  | "invalid_input"
  | "required"
  | "email_invalid"
  | "url_invalid"
  | "app_url_invalid"
  | "not_one_host"
  | "host_is_fixed"
  | "password_too_short"
  | "password_too_long"
  | "password_common"
  | "password_context"
  | "accept_risk_required"
  | "saved_required"
  | "unsupported_media_type"
  | "too_large"
  | "forbidden_origin"
  | "unauthenticated"
  | "credentials_wrong"
  | "challenge_missing"
  | "challenge_expired"
  | "code_wrong"
  | "too_many_attempts"
  | "too_many_sends"
  | "too_many_requests"
  | "number_not_accepted"
  | "number_taken"
  | "method_not_available"
  | "sending_stopped"
  | "form_of_another"
  | "cookies_blocked"
  | "step_up_required"
  | "account_restricted"
  | "confirmation_mismatch"
  | "passkey_required"
  | "last_factor"
  | "notice_code_wrong"
  | "email_taken"
  | "address_private"
  | "address_unknown"
  | "endpoint_url"
  | "endpoint_private"
  | "name_in_use"
  | "too_many_phones"
  | "too_many_passkeys"
  | "recovery_codes_unconfirmed"
  | "factor_required"
  | "sign_up_closed"
  | "not_found"
  | "not_allowed"
  | "case_open"
  | "last_administrator"
  | "changed_since"
  | "idempotency_key_reused"
  | "unavailable";

/** Why a number was not accepted. */
export type NumberReason = "invalid" | "country_not_allowed" | "landline_needs_voice" | "no_calls" | "voip" | "premium";

/** Why an answer was wrong: the clock of the device is off, or this site does not know the passkey. */
export const wrongReasons = ["clock_off", "passkey_unknown"] as const;
export type WrongReason = (typeof wrongReasons)[number];

/**
 * Why staff may not do an act: their role, their own account or case, the same person twice, a grant that is too young, a case without its proofs, in
 * another state or stopped, a state of the account that the act does not fit, facts of go-live that are still open, too many of a kind, too few
 * message services, or an import that is not over.
 */
export const staffReasons = [
  "role",
  "own_account",
  "own_review",
  "new_administrator",
  "not_proven",
  "other_state",
  "frozen",
  "no_change",
  "too_many",
  "facts_open",
  "too_few_accounts",
  "import_open",
] as const;
export type StaffReason = (typeof staffReasons)[number];

/** An expected refusal: its code, what the person needs to go on, and the HTTP status it stands for. */
export type Refused = {
  code: ErrorCode;
  fields?: Record<string, ErrorCode>;
  attemptsLeft?: number;
  /** Seconds. */
  retryAfter?: number;
  reason?: NumberReason | DeliveryError | WrongReason | StaffReason;
  /** The class of acts that needs step-up. */
  action?: string;
  /** When an account's restriction ends, ISO 8601; null while staff decide. */
  until?: string | null;
};

/** The answer while an operator has stopped the requested method; the end of a stop is unknown, so clients retry once a minute. */
export const SENDING_STOPPED: Refused = { code: "sending_stopped", reason: "sending_stopped", retryAfter: 60 };

/** The answer to a send that a limit or a budget holds back, with the seconds to wait. */
export const tooManySends = (retryAfter: number, reason: "throttled" | "budget_spent" = "throttled"): Refused => ({
  code: "too_many_sends",
  retryAfter,
  reason,
});

/** The HTTP status of each code, in the API and its OpenAPI document. */
export const httpStatus: Record<ErrorCode, number> = {
  invalid_input: 422,
  required: 422,
  email_invalid: 422,
  url_invalid: 422,
  app_url_invalid: 422,
  not_one_host: 422,
  host_is_fixed: 422,
  password_too_short: 422,
  password_too_long: 422,
  password_common: 422,
  password_context: 422,
  accept_risk_required: 422,
  saved_required: 422,
  unsupported_media_type: 415,
  too_large: 413,
  forbidden_origin: 403,
  unauthenticated: 401,
  credentials_wrong: 401,
  challenge_missing: 404,
  challenge_expired: 410,
  code_wrong: 422,
  too_many_attempts: 429,
  too_many_sends: 429,
  too_many_requests: 429,
  number_not_accepted: 422,
  number_taken: 409,
  method_not_available: 422,
  sending_stopped: 503,
  form_of_another: 409,
  cookies_blocked: 422,
  step_up_required: 403,
  account_restricted: 403,
  confirmation_mismatch: 409,
  passkey_required: 403,
  last_factor: 409,
  notice_code_wrong: 422,
  email_taken: 409,
  address_private: 422,
  address_unknown: 422,
  endpoint_url: 422,
  endpoint_private: 422,
  name_in_use: 409,
  too_many_phones: 409,
  too_many_passkeys: 409,
  recovery_codes_unconfirmed: 403,
  factor_required: 403,
  sign_up_closed: 403,
  not_found: 404,
  not_allowed: 403,
  case_open: 409,
  last_administrator: 409,
  changed_since: 409,
  idempotency_key_reused: 409,
  unavailable: 503,
};
