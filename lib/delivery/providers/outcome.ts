import type { HandOver } from "#lib/delivery/provider";
import { type HttpAnswer, retryAfter } from "#lib/delivery/providers/http";

/** How a vendor's own words are read: `accepted` the body of a 2xx, `refused` that of a 4xx which is about this one text. */
export type Reading = { accepted(body: string): HandOver; refused(body: string): HandOver };

const failed = (reason: "rejected" | "provider_down" | "throttled", brake?: "now" | number): HandOver => ({
  status: "failed",
  reason,
  permanent: false,
  ...(brake === undefined ? {} : { brake }),
});

/**
 * What one HTTP exchange says about a hand-over, for every vendor that uses the statuses of RFC 9110 as they are meant:
 * 401 and 403 are about us and not about the text, a 3xx was not followed, a 504 is a time-out somewhere behind the vendor.
 */
export function handOverOf(answer: HttpAnswer, reading: Reading): HandOver {
  if (!answer.ok) return answer.taken === "no" ? failed("provider_down") : { status: "unknown" };
  const { status } = answer;
  if (status >= 200 && status < 300) return reading.accepted(answer.text);
  if (status === 401 || status === 403) return failed("rejected", "now");
  if (status === 429) return failed("throttled", retryAfter(answer.headers));
  if (status >= 400 && status < 500) return reading.refused(answer.text);
  return status === 504 ? { status: "unknown" } : failed("provider_down");
}
