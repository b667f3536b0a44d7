import type { Delivery } from "#lib/delivery/provider";

/** Requests to Infobip's SMS API v3. Pure. */

/** Infobip's maximum for the validity of a text, in seconds. */
const LONGEST_VALIDITY = 48 * 3600;

/** Returns a number in Infobip's format, digits without `+`; a name stays as it is. */
const addressed = (published: string): string => (/^\+?[\d .-]+$/.test(published) ? published.replace(/[+ .-]/g, "") : published);

/** Returns true if Infobip accepts this sender: a number of 3 to 15 digits, or a name of 3 to 11 ASCII letters, digits and spaces. */
export const isInfobipSender = (published: string): boolean =>
  /^\d{3,15}$/.test(addressed(published)) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}$/.test(published);

/**
 * Builds the body of a text. Its message id is the attempt's, so that Infobip refuses a repetition and a query needs no answer; after the code's
 * expiry the text is not sent.
 */
export const textBody = (delivery: Delivery, sender: string | null, receiptUrl: string): string =>
  JSON.stringify({
    messages: [
      {
        ...(sender === null ? {} : { sender: addressed(sender) }),
        destinations: [{ to: addressed(delivery.to), messageId: delivery.attemptId }],
        content: { text: delivery.text },
        options: {
          validityPeriod: { amount: Math.min(LONGEST_VALIDITY, Math.max(1, Math.floor(delivery.validSeconds))), timeUnit: "SECONDS" },
        },
        webhooks: { delivery: { url: receiptUrl }, contentType: "application/json" },
      },
    ],
  });

/** Builds the query for the log of one text. */
export const logQuery = (attemptId: string): string => new URLSearchParams({ messageId: attemptId, limit: "1" }).toString();
