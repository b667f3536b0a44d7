import type { Answer } from "#lib/challenges/answer";
import type { Attempt } from "#lib/challenges/begin-attempt";
import { openCode } from "#lib/crypto/code-seal";
import { equalInConstantTime } from "#lib/crypto/hash";
import { findRecoveryCode } from "#lib/recovery/match";

/** What a right answer proved. */
export type Proof = { factor: "code" } | { factor: "recovery_code"; recoveryCodeId: string };

/** Whether the typed answer is what the challenge waits for; a counted attempt only. `ip` is the key of the hasher's fair queue. */
export async function evaluate(attempt: Attempt, { factor, typed }: Answer, ip: string): Promise<Proof | null> {
  if (factor === "recovery_code") {
    const id = attempt.userId ? await findRecoveryCode(attempt.userId, typed, { key: ip }) : null;
    return id ? { factor, recoveryCodeId: id } : null;
  }
  const owner = attempt.userId ?? attempt.email;
  if (!attempt.sealed || owner === null) return null;
  const of = { challengeId: attempt.challengeId, phoneId: attempt.currentPhoneId, owner };
  return equalInConstantTime(openCode(of, attempt.sealed), typed) ? { factor } : null;
}
