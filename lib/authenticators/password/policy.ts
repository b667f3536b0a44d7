import { dictionary } from "@zxcvbn-ts/language-common";
import { prepared } from "#lib/crypto/password-hash";
import type { ErrorCode } from "#lib/errors";

/** Lengths in Unicode code points, and a bound in bytes (NIST SP 800-63B-4 3.1.1.2; PW-01). */
export const PASSWORD_LENGTH = { min: 8, max: 256, maxBytes: 1024 } as const;

let blocklist: Set<string> | undefined;

/** About 49,000 common and breached passwords, offline; compared whole and without case. */
const isCommon = (password: string): boolean => {
  blocklist ??= new Set(dictionary["passwords-common"].map((word: string) => word.toLowerCase()));
  return blocklist.has(password.toLowerCase());
};

/** One character, or one short group, over and over, and plain runs of neighbours are guessed before a list is tried. */
const isTrivial = (password: string): boolean => {
  const chars = [...password.toLowerCase()];
  const steps = chars.slice(1).map((char, i) => (char.codePointAt(0) ?? 0) - (chars[i]?.codePointAt(0) ?? 0));
  const run = steps.every((step) => step === steps[0]) && Math.abs(steps[0] ?? 0) <= 1;
  return run || /^(.{1,3})\1+$/u.test(password.toLowerCase());
};

/** Words that a guesser who knows the account or the service tries first. */
function contextWords(context: { email: string; service: string }): string[] {
  const [local = "", domain = ""] = context.email.toLowerCase().split("@");
  const words = [context.email, local, domain, domain.split(".")[0] ?? "", context.service, "sekisho", "関所"];
  return words.map((word) => word.toLowerCase().normalize("NFC")).filter((word) => [...word].length >= 2);
}

/** Returns true if a password is a context word, alone or doubled, with only digits and symbols around it. */
function isContext(password: string, context: { email: string; service: string }): boolean {
  const lower = password.toLowerCase();
  const core = lower.replace(/^[\d\W_]+|[\d\W_]+$/g, "");
  return contextWords(context).some((word) => lower === word || (core.length > 0 && core === word) || lower === word + word);
}

/** Why a prospective password is refused, or null; no composition rules, any character, spaces kept (PW-01 to PW-03). */
export function passwordProblem(password: string, context: { email: string; service: string }): ErrorCode | null {
  const text = prepared(password);
  const length = [...text].length;
  if (length < PASSWORD_LENGTH.min) return "password_too_short";
  if (length > PASSWORD_LENGTH.max || Buffer.byteLength(text) > PASSWORD_LENGTH.maxBytes) return "password_too_long";
  if (isContext(text, context)) return "password_context";
  return isCommon(text) || isTrivial(text) ? "password_common" : null;
}
