/** An address as SMTP takes it: a local part that is no dot-atom is quoted (RFC 5321 4.1.2). */
export function smtpEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const local = email.slice(0, at);
  return /^\.|\.\.|\.$/.test(local) ? `"${local}"${email.slice(at)}` : email;
}
