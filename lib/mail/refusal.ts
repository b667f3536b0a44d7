import type { DeliveryError } from "#lib/errors";

/** Classifies a mail server's refusal: a permanent one ends the message, everything else is retried. Pure. */

/** Subject and detail of enhanced status codes (RFC 3463) about the address or its mailbox, and the exceptions about the sender. */
const ABOUT_ADDRESS = /^(?:1\.\d+|2\.[0124]|4\.[04]|6\.7)$/;
const ABOUT_SENDER = /^1\.[789]$/;
/** Replies to RCPT about the address when there is no enhanced code (RFC 5321 4.2.3, RFC 7504). */
const WITHOUT_CODE = new Set([550, 551, 552, 553, 521, 556]);

type SmtpError = { responseCode?: unknown; response?: unknown; command?: unknown; code?: unknown };

/**
 * Returns the reason of a permanent refusal of this mail, or null for a temporary failure. Errors before RCPT (login, sender) also count as
 * temporary, because the operator can fix them while the mail waits.
 */
export function refusalIn(error: unknown): Extract<DeliveryError, "address_refused" | "rejected"> | null {
  const { responseCode, response, command, code } = (error ?? {}) as SmtpError;
  // Nodemailer's own check, before it sends a command.
  if (code === "EENVELOPE" && command === "API") return "address_refused";
  if (typeof responseCode !== "number" || responseCode < 500 || responseCode > 599) return null;
  if (command !== "RCPT TO" && command !== "DATA") return null;
  const [, status] = /^5\d\d[ -]5\.(\d{1,3}\.\d{1,3})/.exec(String(response)) ?? [];
  if (status) return ABOUT_ADDRESS.test(status) && !ABOUT_SENDER.test(status) ? "address_refused" : "rejected";
  return command === "RCPT TO" && WITHOUT_CODE.has(responseCode) ? "address_refused" : "rejected";
}
