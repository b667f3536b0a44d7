import { z } from "zod";

const LONGEST = 512;

/** The field of a form that leads back. */
export const returnTo = z.string().max(LONGEST).optional();

/**
 * A path of this site that a person wanted to go to, or null: starts with one slash, has no scheme, host, backslash,
 * control character or encoded variant of them (WB-03), and does not lead back into signing in.
 */
export function parseReturnTo(value: unknown): string | null {
  if (typeof value !== "string" || value.length > LONGEST) return null;
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(value) || /[\\<>"]|%(?:0|1|2f|5c|7f)/i.test(value)) return null;
  const url = URL.parse(value, "http://sekisho.invalid");
  if (url?.origin !== "http://sekisho.invalid" || url.pathname.startsWith("//")) return null;
  if (/^\/(?:sign-in|sign-up|verify|recovery-codes|api|_next)(?:\/|$)/.test(url.pathname)) return null;
  return url.pathname + url.search;
}
