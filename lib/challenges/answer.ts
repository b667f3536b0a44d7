import { type Method, methodOf } from "#lib/challenges/challenge";
import { parseOtp, parseRecoveryCode } from "#lib/crypto/codes";
import type { Channel } from "#lib/db/generated/enums";

/** Pure: what a typed answer claims to be. */

/** An answer that could be right: its factor, the way it names (null: the one last sent), and what was typed in one spelling. */
export type Answer = { factor: "code" | "recovery_code"; way: Method | null; typed: string };

/**
 * Parses an answer, or returns null for input that cannot be a code, which is not counted as a guess (OTP-14). Without a method six digits answer
 * the message sent last, and sixteen characters are read as a recovery code.
 */
export function readAnswer(method: Method | undefined, typed: string): Answer | null {
  const otp = method === "recovery_code" ? null : parseOtp(typed);
  if (otp) return { factor: "code", way: method ?? null, typed: otp };
  const recovery = method === undefined || method === "recovery_code" ? parseRecoveryCode(typed) : null;
  return recovery ? { factor: "recovery_code", way: "recovery_code", typed: recovery } : null;
}

/** The method a bare code is judged by: the one last sent (contract). */
export const defaultMethod = (row: { currentChannel: Channel | null }): Method =>
  row.currentChannel ? methodOf(row.currentChannel) : "recovery_code";
