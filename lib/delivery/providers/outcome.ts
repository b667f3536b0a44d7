import type { HandOver } from "#lib/delivery/provider";
import { type HttpAnswer, retryAfter } from "#lib/delivery/providers/http";

/** Parsers of a vendor's answers: `accepted` reads the body of a 2xx, `refused` that of a 4xx about this text. */
type AnswerReading = { accepted(body: string): HandOver; refused(body: string): HandOver };

const failed = (reason: "rejected" | "provider_down" | "throttled", backOff?: "now" | number): HandOver => ({
  status: "failed",
  reason,
  permanent: false,
  ...(backOff === undefined ? {} : { backOff }),
});

/**
 * Returns the outcome of an HTTP exchange for vendors that use the statuses of RFC 9110. 401 and 403 concern the account, a 3xx is not followed, a
 * 504 is a time-out behind the vendor.
 */
export function handOverOf(answer: HttpAnswer, reading: AnswerReading): HandOver {
  if (!answer.ok) return answer.taken === "no" ? failed("provider_down") : { status: "unknown" };
  const { status } = answer;
  if (status >= 200 && status < 300) return reading.accepted(answer.text);
  if (status === 401 || status === 403) return failed("rejected", "now");
  if (status === 429) return failed("throttled", retryAfter(answer.headers));
  if (status >= 400 && status < 500) return reading.refused(answer.text);
  return status === 504 ? { status: "unknown" } : failed("provider_down");
}
