import type { DeliveryError } from "#lib/errors";

/** What a mail server's refusal means: one for good ends the message, everything else is tried again. Pure. */

/** Subject and detail of enhanced status codes (RFC 3463) that are about the address or its mailbox, and those among them that are about the sender. */
const ABOUT_ADDRESS = /^(?:1\.\d+|2\.[0124]|4\.[04]|6\.7)$/;
const ABOUT_SENDER = /^1\.[789]$/;
/** Replies to RCPT that are about the address where no enhanced code says more (RFC 5321 4.2.3, RFC 7504). */
const WITHOUT_CODE = new Set([550, 551, 552, 553, 521, 556]);

type SmtpError = { responseCode?: unknown; response?: unknown; command?: unknown; code?: unknown };

/**
 * The reason of a permanent refusal of this one mail, null for what may pass: temporary replies, connections, and replies before a
 * recipient was named (the account at the mail server, the sender), which an operator mends while the mail waits.
 */
export function refusalIn(error: unknown): Extract<DeliveryError, "address_refused" | "rejected"> | null {
  const { responseCode, response, command, code } = (error ?? {}) as SmtpError;
  // Nodemailer's own check, before it writes a command.
  if (code === "EENVELOPE" && command === "API") return "address_refused";
  if (typeof responseCode !== "number" || responseCode < 500 || responseCode > 599) return null;
  if (command !== "RCPT TO" && command !== "DATA") return null;
  const [, status] = /^5\d\d[ -]5\.(\d{1,3}\.\d{1,3})/.exec(String(response)) ?? [];
  if (status) return ABOUT_ADDRESS.test(status) && !ABOUT_SENDER.test(status) ? "address_refused" : "rejected";
  return command === "RCPT TO" && WITHOUT_CODE.has(responseCode) ? "address_refused" : "rejected";
}
