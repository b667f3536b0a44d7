import { randomInt } from "node:crypto";

/** Length of a texted, spoken or mailed code (NIST SP 800-63B-4 3.1.3.2: at least six digits). */
export const OTP_DIGITS = 6;

/** A code uniform over 000000–999999 from the system's CSPRNG. */
export const newOtp = (): string =>
  randomInt(0, 10 ** OTP_DIGITS)
    .toString()
    .padStart(OTP_DIGITS, "0");

/** The longest text that is searched for a code, enough for a complete pasted mail. */
const PASTED = 1000;

/** The label before a code, and the last line that binds a text to its site (`@host #123456`). */
const LABELLED = /(?:コード|code)[^0-9]{0,12}([0-9]{6})(?![0-9])|@\S+ #([0-9]{6})$/gimu;

/**
 * Parses a typed or pasted code into six ASCII digits, or returns null (OTP-14). Accepts full-width and circled digits, spaces, hyphens, and one of
 * our messages with its labelled code.
 */
export function parseOtp(typed: string): string | null {
  if (typed.length > PASTED) return null;
  const text = typed.normalize("NFKC");
  const digits = text.replace(/[\s\p{Pd}\u200b\u30fc]/gu, "");
  if (/^[0-9]{6}$/.test(digits)) return digits;
  const found = new Set([...text.matchAll(LABELLED)].map((match) => match[1] ?? match[2]));
  const [only] = found;
  return found.size === 1 && only ? only : null;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A recovery code of 16 Crockford base32 characters (80 bits), written in groups of four. */
export function newRecoveryCode(): string {
  const chars = Array.from({ length: 16 }, () => CROCKFORD[randomInt(0, 32)]).join("");
  return chars.replace(/(.{4})(?=.)/g, "$1-");
}

/** What a person typed as a recovery code, as 16 characters without separators, or null; case, spaces, hyphens and look-alikes are forgiven. */
export function parseRecoveryCode(typed: string): string | null {
  if (typed.length > 128) return null;
  const chars = typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\p{Pd}\u200b\u30fc]/gu, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(chars) ? chars : null;
}
