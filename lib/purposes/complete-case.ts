import type { Guess, Proof } from "#lib/challenges/port";
import type { Sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { completeSignIn } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";
import { finishCase } from "#lib/recovery/finish";
import type { Requester } from "#lib/requester";
import type { Result } from "#lib/result";

/**
 * Opens the session of a new factor that ends a lost-phone case, after everything that proved the account before has ended. The epoch rose with that,
 * so the guess goes on in the new one; new recovery codes follow as after a sign-up.
 */
export async function completeCase(
  tx: Sql,
  { caseId, userId, keepId, ...guess }: Guess & { caseId: string; userId: string; keepId: string },
  proof: Proof,
  requester: Requester,
): Promise<Result<Effect, Refused>> {
  await finishCase(tx, { caseId, userId, locale: guess.locale, challengeId: guess.challengeId, keepId }, requester);
  const current: Guess = { ...guess, userId, epoch: guess.epoch + 1, deviceId: null };
  return completeSignIn(tx, current, proof, requester, { newDevice: false });
}
