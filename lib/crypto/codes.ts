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

const crockford = (length: number): string => Array.from({ length }, () => CROCKFORD[randomInt(0, 32)]).join("");

/** A recovery code of 16 Crockford base32 characters (80 bits), written in groups of four. */
export function newRecoveryCode(): string {
  return crockford(16).replace(/(.{4})(?=.)/g, "$1-");
}

/** Length of a mailed or noticed code in Crockford base32 characters (50 bits). */
export const LONG_CODE = 10;

/** A code for a mail or a notice, without separators. */
export const newLongCode = (): string => crockford(LONG_CODE);

/** A long code in two groups, as people read and type it. */
export const groupedCode = (code: string): string => code.replace(/^(.{5})(.{5})$/, "$1-$2");

/** The reference by which a notice is found; it is no secret. */
export const newReference = (): string => `N-${crockford(8)}`;

/** The reference of a lost-phone case, which all its notices carry. */
export const newCaseReference = (): string => `R-${crockford(8)}`;

/** Crockford text in one spelling; case, spaces, hyphens and look-alikes are forgiven. */
const asCrockford = (typed: string): string =>
  typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\p{Pd}\u200b\u30fc]/gu, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");

/** What a person typed or pasted as a long code, without separators, or null; also one of our mails that names it once. */
export function parseLongCode(typed: string): string | null {
  if (typed.length > PASTED) return null;
  const chars = asCrockford(typed);
  if (/^[0-9A-HJKMNP-TV-Z]{10}$/.test(chars)) return chars;
  const named = [
    ...typed.normalize("NFKC").matchAll(/(?:コード|code)[^0-9A-Za-z]{0,12}([0-9A-Za-z]{5})[-\s]?([0-9A-Za-z]{5})(?![0-9A-Za-z])/gimu),
  ];
  const found = new Set(named.map((match) => asCrockford(`${match[1]}${match[2]}`)));
  const [only] = found;
  return found.size === 1 && only && /^[0-9A-HJKMNP-TV-Z]{10}$/.test(only) ? only : null;
}

/** What a person typed as a reference, in one spelling, or null. */
export function parseReference(typed: string): string | null {
  if (typed.length > 64) return null;
  const match = /^([NR])([0-9A-HJKMNP-TV-Z]{8})$/.exec(asCrockford(typed));
  return match ? `${match[1]}-${match[2]}` : null;
}

/** What a person typed as a recovery code, as 16 characters without separators, or null; case, spaces, hyphens and look-alikes are forgiven. */
export function parseRecoveryCode(typed: string): string | null {
  if (typed.length > 128) return null;
  const chars = asCrockford(typed);
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(chars) ? chars : null;
}
