import addressparser from "nodemailer/lib/addressparser/index.js";
import { z } from "zod";

/** The sender of a mail; `name` is "" if MAIL_FROM has none. */
export type MailFrom = { name: string; address: string; domain: string };

/** Names that public DNS does not resolve (RFC 6761, RFC 6762). */
const RESERVED = /(?:^|\.)(?:localhost|local|test|invalid|example)$/i;

/** Parses MAIL_FROM, `address` or `Name <address>`; null unless it is one address at a domain that can exist. */
export function readMailFrom(value: string): MailFrom | null {
  const [one, ...others] = /[\r\n]/.test(value) ? [] : addressparser(value, { flatten: true });
  if (!one || others.length > 0 || !z.email().safeParse(one.address).success) return null;
  const domain = one.address.slice(one.address.lastIndexOf("@") + 1).toLowerCase();
  return RESERVED.test(domain) ? null : { name: one.name.trim(), address: one.address, domain };
}
