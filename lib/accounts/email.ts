/** The canonical form of an e-mail address, or null: NFKC-stable ASCII shape, lower case, at most 254 characters (RFC 5321 4.5.3.1). */
export function parseEmail(typed: string): string | null {
  const email = typed.trim();
  if (email.length > 254 || email.normalize("NFKC") !== email) return null;
  // Stricter than RFC 5322 on purpose: no quotes, comments or second @, so that nothing in it can address somebody else.
  if (
    !/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$/.test(
      email,
    )
  )
    return null;
  return /\.\.|^\.|\.@/.test(email) ? null : email.toLowerCase();
}
