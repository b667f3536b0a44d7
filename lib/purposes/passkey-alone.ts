import type { Guess, Proof } from "#lib/challenges/port";
import { rollback, type Sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { completeSignIn } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";
import { signInPurpose } from "#lib/purposes/sign-in";
import type { Requester } from "#lib/requester";
import { fail, type Result } from "#lib/result";

/** The answer of a passkey that signs in without a password: the nonce, which is claimed once, and the account. */
export type AnsweredAlone = {
  /** The hash of the nonce; of many answers to one nonce the first to write it is let through. */
  claim: Buffer;
  userId: string;
  authenticatorId: string;
  kind: string;
  epoch: number;
  locale: string;
  returnTo: string | null;
  /** The hits that its success gives back. */
  hitIds: string[];
};

/**
 * Opens the session of a passkey that verified its user. The consumed challenge that it inserts claims the nonce, so that one nonce opens one
 * session.
 */
export async function completeAlone(
  tx: Sql,
  answered: AnsweredAlone,
  proof: Proof,
  requester: Requester,
): Promise<Result<Effect, Refused>> {
  const { claim, userId, authenticatorId, kind, epoch, locale, returnTo, hitIds } = answered;
  const [row] = await tx<{ id: string }>`
    INSERT INTO challenges (token_hash, purpose, user_id, locale, return_to, epoch, attempts, consumed_at, expires_at)
    VALUES (${claim}, ${signInPurpose.name}::purpose, ${userId}::uuid, ${locale}, ${returnTo}, ${epoch}::int, 1, app_now(),
      app_now() + make_interval(secs => ${signInPurpose.lifetime()}::int))
    ON CONFLICT (token_hash) DO NOTHING RETURNING id`;
  if (!row) return rollback(fail<Refused>({ code: "credentials_wrong" }));
  const guess: Guess = {
    ...{ challengeId: row.id, purpose: signInPurpose.name, step: 1, userId, authenticatorId, kind, epoch, locale, returnTo, attempts: 1 },
    ...{
      aboutId: null,
      sessionId: null,
      action: null,
      replaces: null,
      email: null,
      passwordHash: null,
      currentChannel: null,
      sealed: null,
    },
    ...{ deviceId: null, federatedBy: null, federatedAt: null, hitIds, failures: null, authenticatorFailures: null },
  };
  return completeSignIn(tx, guess, proof, requester, { newDevice: true, alone: true });
}
