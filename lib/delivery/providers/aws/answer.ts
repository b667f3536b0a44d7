import type { HandOver } from "#lib/delivery/provider";
import { type HttpAnswer, jsonObject, retryAfter } from "#lib/delivery/providers/http";
import { handOverOf } from "#lib/delivery/providers/outcome";
import type { DeliveryError } from "#lib/errors";

/** Parses AWS's answers to a text. Pure. */

const ID = /^[\x21-\x7e]{1,128}$/;

function acceptance(body: string): HandOver {
  const id = jsonObject(body)?.MessageId;
  return typeof id === "string" && ID.test(id) ? { status: "sent", ref: id } : { status: "unknown" };
}

/** Reasons of a ConflictException that have a meaning of their own. */
const conflicts: Record<string, DeliveryError> = {
  DESTINATION_PHONE_NUMBER_OPTED_OUT: "opted_out",
  DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION: "country_blocked",
  DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE: "country_blocked",
};

/** Errors with which every text of this account fails until an operator acts: credentials, rights, a missing identity or configuration set. */
const BROKEN =
  /^(?:AccessDenied|UnrecognizedClient|InvalidSignature|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|InvalidClientTokenId|ResourceNotFound)/;

/** Returns the name of the error, which AWS writes as `namespace#Name` in the body or as `Name:address` in a header. */
const errorName = (headers: Headers, body: Record<string, unknown> | null): string => {
  const written = typeof body?.__type === "string" ? body.__type : (headers.get("x-amzn-errortype") ?? "");
  return written.replace(/^.*#/, "").replace(/:.*$/, "");
};

function refusal({ headers, text }: HttpAnswer & { ok: true }): HandOver {
  const body = jsonObject(text);
  const name = errorName(headers, body);
  const failed = (reason: DeliveryError, more: { permanent?: true; backOff?: "now" | number } = {}): HandOver => ({
    status: "failed",
    reason,
    permanent: false,
    ...more,
  });
  if (BROKEN.test(name)) return failed("rejected", { backOff: "now" });
  if (/^(?:Throttling|TooManyRequests|RequestLimitExceeded)/.test(name)) return failed("throttled", { backOff: retryAfter(headers) });
  const reason = typeof body?.Reason === "string" ? body.Reason : "";
  if (name.startsWith("ServiceQuotaExceeded"))
    return reason.startsWith("MONTHLY_SPEND_LIMIT") ? failed("budget_spent", { backOff: "now" }) : failed("rejected");
  if (name.startsWith("Conflict")) {
    const known = Object.hasOwn(conflicts, reason) ? conflicts[reason] : undefined;
    return known === "opted_out" ? failed(known, { permanent: true }) : failed(known ?? "rejected");
  }
  const fields = Array.isArray(body?.Fields) ? body.Fields.map((one) => (one as { Name?: unknown } | null)?.Name) : [];
  // AWS validates the number's form before it knows its network, so the form is wrong for every provider.
  if (name.startsWith("Validation") && fields.includes("DestinationPhoneNumber")) return failed("invalid_number", { permanent: true });
  return failed("rejected");
}

/** Returns the outcome of a hand-over; AWS refuses credentials, rights and speed by 400 too, so the error's name decides. */
export const handOverIn = (answer: HttpAnswer): HandOver =>
  handOverOf(answer, { accepted: acceptance, refused: () => (answer.ok ? refusal(answer) : { status: "unknown" }) });
