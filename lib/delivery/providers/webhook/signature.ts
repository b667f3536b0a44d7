import { createHmac } from "node:crypto";
import { equalInConstantTime } from "#lib/crypto/hash";

/** The signature of the generic webhook, the same in both directions (docs/webhook.md). Pure. */

/** Maximum difference of a timestamp from the machine's clock, in seconds; an older one could be a replay. */
const TOLERANCE = 300;

/** Returns `v1=` and the hexadecimal HMAC-SHA-256 over the timestamp, a dot and the body's bytes (UTF-8). */
export const webhookSignature = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex")}`;

/** Returns the headers that sign a body now. */
export function signedHeaders(secret: string, body: string, now = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  return { "sekisho-timestamp": timestamp, "sekisho-signature": webhookSignature(secret, timestamp, body) };
}

/** Returns true if the headers sign this body with this secret and the timestamp is within the tolerance; compares in constant time. */
export function isWebhookSigned(secret: string, headers: Headers, body: string, now = Date.now()): boolean {
  const timestamp = headers.get("sekisho-timestamp") ?? "";
  const given = headers.get("sekisho-signature") ?? "";
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE) return false;
  return equalInConstantTime(given, webhookSignature(secret, timestamp, body));
}
