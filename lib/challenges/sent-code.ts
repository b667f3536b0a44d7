import type { Guess } from "#lib/challenges/port";
import { openCode } from "#lib/crypto/code-seal";
import { equalInConstantTime } from "#lib/crypto/hash";

/** Compares an answer with the code that the challenge sent, in constant time; false if no code is live. */
export function isSentCode({ challengeId, authenticatorId, sealed, userId, email }: Guess, answer: string): boolean {
  if (!sealed) return false;
  const owner = userId ?? email ?? challengeId;
  return equalInConstantTime(openCode({ challengeId, authenticatorId, owner }, sealed), answer);
}
