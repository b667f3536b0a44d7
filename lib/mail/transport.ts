import { randomUUID } from "node:crypto";
import { createTransport, type Transporter } from "nodemailer";
import { putDemoMessage } from "#lib/demo/inbox";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { log } from "#lib/log";
import { smtpEmail } from "#lib/mail/address";
import { refusalIn } from "#lib/mail/refusal";
import { serviceNow } from "#lib/policy/service";
import { singleton } from "#lib/singleton";

/** One mail; subjects and texts are templates, so no header or body carries typed input. */
export type Mail = {
  to: string;
  subject: string;
  text: string;
  code: string | null;
  link: string | null;
  /** The codes of a notice, for the demo phone. */
  notice?: { reference: string | null; stopCode?: string; undoCode?: string; statusCode?: string };
  id: string;
};

/** Milliseconds for the connection, the greeting, and each answer, short enough that the job ends before its lease expires. */
const PATIENCE = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };

/** Nodemailer ignores options given beside a URL, so they are added to its query; values that the operator set stay. */
function withPatience(address: string): string {
  const url = new URL(address);
  for (const [name, ms] of Object.entries(PATIENCE)) if (!url.searchParams.has(name)) url.searchParams.set(name, String(ms));
  return url.href;
}

const smtp = (url: string): Transporter => singleton("smtp", () => createTransport(withPatience(url)));

/** Says whether mails can be sent at all; sign-up needs them. */
export const canSendMail = (): boolean => env().demo || env().SMTP_URL !== undefined;

/** Logs missing mail settings at the start, before the first sign-up fails. */
export function warnWithoutMail(): void {
  if (!canSendMail()) log.warn({ event: "mail.unset" }, "SMTP_URL is not set: no mail can be sent, and nobody can sign up");
}

type SentMail = { status: "sent" | "delivered" } | { status: "failed"; reason: DeliveryError };

/**
 * Sends a mail to the demo phone in demo mode, else by SMTP. Returns a permanent refusal as `failed` and throws on a temporary failure, so that the
 * job retries.
 */
export async function sendMail(mail: Mail): Promise<SentMail> {
  if (env().demo) {
    const content = {
      to: mail.to,
      text: `${mail.subject}\n\n${mail.text}`,
      code: mail.code,
      link: mail.link,
      greeting: null,
      notice: mail.notice,
    };
    await putDemoMessage({ id: mail.id, channel: "EMAIL", status: "delivered", reason: null, receiptInSeconds: null, content });
    return { status: "delivered" };
  }
  const { SMTP_URL, mailFrom } = env();
  if (!SMTP_URL || !mailFrom) throw new Error("SMTP_URL is not set: no mail can be sent");
  const message = {
    from: { name: mailFrom.name || serviceNow().name, address: mailFrom.address },
    to: { name: "", address: smtpEmail(mail.to) },
    subject: mail.subject,
    text: mail.text,
    messageId: `<${mail.id || randomUUID()}@${mailFrom.domain}>`,
  };
  try {
    const info: { rejectedErrors?: Error[] } = await smtp(SMTP_URL).sendMail(message);
    // LMTP answers per recipient after the mail; ours has one recipient.
    const [refused] = info.rejectedErrors ?? [];
    if (refused) throw refused;
    return { status: "sent" };
  } catch (error) {
    const reason = refusalIn(error);
    // Wraps the error, because a bare ETIMEDOUT would be treated as an unavailable database, which is retried at once and never logged.
    if (!reason) throw new Error("the mail server did not take a mail", { cause: error });
    log.warn(
      { event: "mail.refused", reason, status: (error as { responseCode?: number }).responseCode ?? 0 },
      "a mail server refused a mail for good",
    );
    return { status: "failed", reason };
  }
}
