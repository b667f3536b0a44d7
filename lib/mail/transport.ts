import { randomUUID } from "node:crypto";
import { createTransport, type Transporter } from "nodemailer";
import { putDemoMessage } from "#lib/demo/inbox";
import { env } from "#lib/env";
import { log } from "#lib/log";
import { singleton } from "#lib/singleton";

/** One mail; subjects and texts are templates, so no header or body carries what somebody typed. */
export type Mail = { to: string; subject: string; text: string; code: string | null; link: string | null; id: string };

const smtp = (url: string): Transporter =>
  singleton("smtp", () =>
    createTransport({ url, pool: true, connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 } as object),
  );

/** Whether mails can be sent at all: without them nobody can sign up. */
export const canSendMail = (): boolean => env().demo || env().SMTP_URL !== undefined;

/** Tells the log at the start what would else be found out by the first person who signs up. */
export function warnWithoutMail(): void {
  if (!canSendMail()) log.warn({ event: "mail.unset" }, "SMTP_URL is not set: no mail can be sent, and nobody can sign up");
}

/** Sends a mail: to the demo phone in demo mode, else by SMTP; throws when the server did not take it (the job tries again). */
export async function sendMail(mail: Mail): Promise<"sent" | "delivered"> {
  if (env().demo) {
    const content = { to: mail.to, text: `${mail.subject}\n\n${mail.text}`, code: mail.code, link: mail.link, greeting: null };
    await putDemoMessage({ id: mail.id, channel: "EMAIL", status: "delivered", reason: null, receiptInSeconds: null, content });
    return "delivered";
  }
  const { SMTP_URL, mailFrom, SERVICE_NAME } = env();
  if (!SMTP_URL || !mailFrom) throw new Error("SMTP_URL is not set: no mail can be sent");
  await smtp(SMTP_URL).sendMail({
    from: { name: mailFrom.name || SERVICE_NAME, address: mailFrom.address },
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    messageId: `<${mail.id || randomUUID()}@${mailFrom.domain}>`,
  });
  return "sent";
}
