import { type Method, methodOf } from "#lib/challenges/challenge";
import { parseOtp, parseRecoveryCode } from "#lib/crypto/codes";
import type { Channel } from "#lib/db/generated/enums";

/** Pure: what a typed answer claims to be. */

/** An answer that could be right: its factor, the way it names (null: the one last sent), and what was typed in one spelling. */
export type Answer = { factor: "code" | "recovery_code"; way: Method | null; typed: string };

/**
 * Reads an answer, or null for what cannot be a code at all: that is no guess, so it costs nothing and changes nothing (OTP-14).
 * Without a method a six-digit code answers the way last sent, and sixteen characters are understood as the recovery code that they look like.
 */
export function readAnswer(method: Method | undefined, typed: string): Answer | null {
  const otp = method === "recovery_code" ? null : parseOtp(typed);
  if (otp) return { factor: "code", way: method ?? null, typed: otp };
  const recovery = method === undefined || method === "recovery_code" ? parseRecoveryCode(typed) : null;
  return recovery ? { factor: "recovery_code", way: "recovery_code", typed: recovery } : null;
}

/** The method a bare code is judged by: the one last sent (contract). */
export const defaultMethod = (row: { current_channel: Channel | null }): Method =>
  row.current_channel ? methodOf(row.current_channel) : "recovery_code";
