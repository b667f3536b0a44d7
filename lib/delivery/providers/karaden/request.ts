import type { Delivery } from "#lib/delivery/provider";
import { fail, ok, type Result } from "#lib/result";

/** Requests to KARADEN as its own SDK builds them (a test compares the two). Pure. */

/** Converts an E.164 number of Japan to KARADEN's national format, eleven digits that begin with 0. */
export function nationalNumber(e164: string): Result<string, "country_blocked" | "invalid_number"> {
  if (!e164.startsWith("+81")) return fail("country_blocked");
  const digits = `0${e164.slice(3)}`;
  return /^0[1-9][0-9]{9}$/.test(digits) ? ok(digits) : fail("invalid_number");
}

/** Formats UTC with seconds, like the SDK. */
const seconds = (at: Date) => at.toISOString().replace(/\.\d{3}Z$/, "Z");

/**
 * Builds the form of a text. `limited_at` is the code's expiry, after which KARADEN drops the text because the code would be useless; URL
 * shortening is off, because browsers read the last line.
 */
export function messageForm(to: string, delivery: Delivery, serviceId: number, now: Date): URLSearchParams {
  return new URLSearchParams({
    service_id: String(serviceId),
    to,
    body: delivery.text,
    "tags[0]": delivery.attemptId,
    is_shorten: "false",
    limited_at: seconds(new Date(now.getTime() + delivery.validSeconds * 1000)),
  });
}

/** Builds the query for the texts with an attempt's tag. */
export const tagQuery = (serviceId: number, attemptId: string): string =>
  new URLSearchParams({ service_id: String(serviceId), tag: attemptId }).toString();

/** Returns true if a number can send texts to Japan: the carriers' common short number (0005 and 4 to 6 digits) or a Japanese number. */
export const isKaradenSender = (published: string): boolean =>
  /^(?:0005\d{4,6}|(?:0|\+81)[1-9]\d{8,9})$/.test(published.replace(/[ .-]/g, ""));
