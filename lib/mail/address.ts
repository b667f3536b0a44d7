/** Formats an address for SMTP: quotes a local part that is no dot-atom (RFC 5321 4.1.2). */
export function smtpEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const local = email.slice(0, at);
  return /^\.|\.\.|\.$/.test(local) ? `"${local}"${email.slice(at)}` : email;
}
