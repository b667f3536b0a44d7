import { domainToASCII, domainToUnicode } from "node:url";

const LOCAL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// A label that mixes Latin letters with a look-alike script imitates another domain, so it is rejected; East Asian scripts may be mixed with Latin
// (UTS 39 5.2).
const LATIN = /\p{Script=Latin}/u;
const BESIDE_LATIN =
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Common}\p{Script=Inherited}]*$/u;
const inDisguise = (label: string): boolean => LATIN.test(label) && !BESIDE_LATIN.test(label);

/**
 * Parses an e-mail address for every entry point, or returns null: NFKC for full-width input, the domain in ASCII (UTS 46), lower case, at most 254
 * characters (RFC 5321 4.5.3.1), and dots anywhere in the local part, because Japanese carriers issued such addresses. Otherwise stricter than RFC
 * 5322 (no quotes, comments, second @, or labels that mix look-alike scripts), so that an address cannot name another recipient.
 */
export function parseEmail(typed: string): string | null {
  const parts = typed.trim().normalize("NFKC").split("@");
  const [local = "", domain = ""] = parts;
  if (parts.length !== 2 || !LOCAL.test(local)) return null;
  const labels = domainToASCII(domain).split(".");
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? "")) return null;
  if (domainToUnicode(labels.join(".")).split(".").some(inDisguise)) return null;
  const email = `${local.toLowerCase()}@${labels.join(".")}`;
  return email.length > 254 ? null : email;
}

/** Formats an address for display, with its domain in Unicode. */
export function shownEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 0 ? email : `${email.slice(0, at)}@${domainToUnicode(email.slice(at + 1)) || email.slice(at + 1)}`;
}
