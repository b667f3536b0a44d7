import type { Attempt } from "#lib/challenges/begin-attempt";
import { openCode } from "#lib/crypto/code-seal";
import { parseOtp, parseRecoveryCode } from "#lib/crypto/codes";
import { equalInConstantTime } from "#lib/crypto/hash";
import { findRecoveryCode } from "#lib/recovery/match";

/** What a right answer proved. */
export type Proof = { factor: "code" } | { factor: "recovery_code"; recoveryCodeId: string };

/** Whether the typed answer is what the challenge waits for; a counted attempt only. */
export async function evaluate(attempt: Attempt, factor: "code" | "recovery_code", typed: string): Promise<Proof | null> {
  if (factor === "recovery_code") {
    const code = parseRecoveryCode(typed);
    const id = code && attempt.user_id ? await findRecoveryCode(attempt.user_id, code) : null;
    return id ? { factor, recoveryCodeId: id } : null;
  }
  const code = parseOtp(typed);
  if (!code || !attempt.sealed) return null;
  return equalInConstantTime(openCode(attempt.challenge_id, attempt.current_phone_id, attempt.sealed), code) ? { factor } : null;
}
