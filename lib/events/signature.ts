import { createHmac, randomBytes } from "node:crypto";

/** The signature of events by Standard Webhooks 1.0. Pure. */

const PREFIX = "whsec_";

/** A secret of 256 random bits in the form that libraries of the standard take. */
export const newEndpointSecret = (): string => PREFIX + randomBytes(32).toString("base64");

/** One signature: `v1,` and the base64 of HMAC-SHA-256 over id, timestamp and body, joined by dots. */
const signatureOf = (secret: string, id: string, timestamp: string, body: string): string => {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
};

/**
 * Returns the headers of one attempt, signed with every secret that is valid now. The timestamp is that of the machine, because the receiver compares
 * it with its own clock.
 */
export function eventHeaders(secrets: readonly string[], id: string, body: string, now = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map((secret) => signatureOf(secret, id, timestamp, body));
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
