import { z } from "zod";

const LONGEST = 2048;

/** The form field with the path to return to. */
export const returnTo = z.string().max(LONGEST).optional();

/**
 * Returns a requested path of this site, or null. It must start with one slash, without a scheme, host, backslash, control character or an encoding
 * of them (WB-03), and must not lead back to sign-in.
 */
export function parseReturnTo(value: unknown): string | null {
  if (typeof value !== "string" || value.length > LONGEST) return null;
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(value) || /[\\<>"]|%(?:0|1|2f|5c|7f)/i.test(value)) return null;
  const url = URL.parse(value, "http://sekisho.invalid");
  if (url?.origin !== "http://sekisho.invalid" || url.pathname.startsWith("//")) return null;
  if (/^\/(?:sign-in|sign-up|verify|recovery-codes|api|_next)(?:\/|$)/.test(url.pathname)) return null;
  return url.pathname + url.search;
}
