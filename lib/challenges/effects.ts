import { type Origin, record } from "#lib/audit/record";
import type { Attempt } from "#lib/challenges/begin-attempt";
import type { Proof } from "#lib/challenges/evaluate";
import { type OpenedChallenge, openChallenge } from "#lib/challenges/open";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/queue-notice";
import type { Refused } from "#lib/errors";
import { giveBackSends } from "#lib/limits/take";
import { claimNumber } from "#lib/phones/claim";
import { spendRecoveryCode } from "#lib/recovery/match";
import { prepareRecoveryCodes } from "#lib/recovery/recovery-codes";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";
import { type OpenedSession, openSession } from "#lib/sessions/open-session";
import type { Amr } from "#lib/sessions/session";

/** What the consumed challenge opened: the next challenge, or a session. */
export type Effect = { kind: "challenge"; opened: OpenedChallenge } | { kind: "session"; opened: OpenedSession; returnTo: string | null };

type From = Origin & { sessionToken?: string | undefined };
type Outcome = Promise<Result<Effect, Refused>>;

/** The effect of a proven challenge, in the transaction that consumed it; a refusal that must undo the consumption rolls back. */
export function applyEffect(tx: Sql, attempt: Attempt, proof: Proof, from: From): Outcome {
  if (attempt.purpose === "SIGN_UP") return proveAddress(tx, attempt, from);
  if (attempt.purpose === "BIND_PHONE") return bindPhone(tx, attempt, from);
  if (attempt.purpose === "SIGN_IN") return signIn(tx, attempt, proof, from);
  throw new Error(`no effect for ${attempt.purpose}`);
}

const accountOf = (attempt: Attempt): string => {
  if (!attempt.user_id) throw new Error("a challenge without an account has no such effect");
  return attempt.user_id;
};

/**
 * The address is proven: from here on the account exists and waits for its phone. An address is no second factor and proves no
 * number, so a sign-up that is resumed gives back neither failures nor sends (RL-08, SENDS_PER_PHONE).
 */
async function proveAddress(tx: Sql, attempt: Attempt, from: From): Outcome {
  const userId = attempt.user_id ?? (await createAccount(tx, attempt));
  await record(tx, { event: "sign_up.email_proven", userId, challengeId: attempt.challenge_id, method: "email", ...from });
  const opened = await openChallenge(tx, {
    purpose: "BIND_PHONE",
    userId,
    locale: attempt.locale,
    returnTo: attempt.return_to,
    target: null,
  });
  return ok({ kind: "challenge", opened });
}

/** One address, one account, whatever races; every other unproven claim on the address ends here (RG-02, RG-03). */
async function createAccount(tx: Sql, attempt: Attempt): Promise<string> {
  const [user] = await tx<{ id: string }>`
    INSERT INTO users (email, password_hash, locale) VALUES (${attempt.email}, ${attempt.password_hash}, ${attempt.locale})
    ON CONFLICT (email) DO NOTHING RETURNING id`;
  if (!user) return rollback(fail<Refused>({ code: "challenge_expired" }));
  // Rows locked now are being proven at this moment and lose at the insert above; waiting for them would be a deadlock.
  await tx`
    UPDATE challenges SET voided_at = app_now() WHERE id IN (
      SELECT id FROM challenges WHERE email = ${attempt.email} AND purpose = 'SIGN_UP' AND id <> ${attempt.challenge_id}::uuid
        AND consumed_at IS NULL AND voided_at IS NULL FOR UPDATE SKIP LOCKED)`;
  return user.id;
}

async function bindPhone(tx: Sql, attempt: Attempt, from: From): Outcome {
  const userId = accountOf(attempt);
  if (!attempt.current_phone_id) return rollback(fail<Refused>({ code: "challenge_missing" }));
  const claim = await claimNumber(tx, userId, attempt.current_phone_id);
  await clearFailures(tx, userId, attempt.current_phone_id);
  if (claim === "taken") return giveNumberBack(tx, attempt, userId, from);
  await record(tx, { event: "phone.bound", userId, challengeId: attempt.challenge_id, ...from });
  await prepareRecoveryCodes(tx, userId, from);
  return session(tx, attempt, userId, attempt.current_channel === "VOICE" ? "tel" : "sms", from);
}

/** The number is proven but held elsewhere: the challenge goes back to waiting for a number, its attempts stay spent. */
async function giveNumberBack(tx: Sql, attempt: Attempt, userId: string, from: From): Outcome {
  await tx`DELETE FROM phones WHERE id = ${attempt.current_phone_id}::uuid AND verified_at IS NULL`;
  await tx`UPDATE challenges SET consumed_at = NULL, current_phone_id = NULL, current_channel = NULL WHERE id = ${attempt.challenge_id}::uuid`;
  await record(tx, { event: "phone.taken", userId, challengeId: attempt.challenge_id, ...from });
  return fail({ code: "number_taken" });
}

async function signIn(tx: Sql, attempt: Attempt, proof: Proof, from: From): Outcome {
  const userId = accountOf(attempt);
  if (proof.factor === "recovery_code") {
    if (!(await spendRecoveryCode(tx, userId, proof.recoveryCodeId))) return rollback(fail<Refused>({ code: "challenge_missing" }));
    await clearFailures(tx, userId);
    await tx`UPDATE users SET recovery_failures = 0 WHERE id = ${userId}::uuid`;
    await record(tx, { event: "recovery_code.used", userId, challengeId: attempt.challenge_id, method: "rc", ...from });
    await queueNotice(tx, { userId, template: "notice.recovery_code_used", locale: attempt.locale });
    return session(tx, attempt, userId, "rc", from);
  }
  const cleared = clearFailures(tx, userId, attempt.current_phone_id);
  const [, opened] = await Promise.all([cleared, session(tx, attempt, userId, attempt.current_channel === "VOICE" ? "tel" : "sms", from)]);
  return opened;
}

/** A success clears the account's streak and the counter of the authenticator used, no other (RL-08), and its unproven sends. */
async function clearFailures(tx: Sql, userId: string, phoneId: string | null = null): Promise<void> {
  const cleared = tx`
    WITH phone AS (UPDATE phones SET failures = 0, last_used_at = app_now() WHERE id = ${phoneId}::uuid AND user_id = ${userId}::uuid)
    UPDATE users SET factor_failures = 0, locked_until = NULL WHERE id = ${userId}::uuid`;
  await Promise.all([cleared, giveBackSends(tx, userId)]);
}

async function session(tx: Sql, attempt: Attempt, userId: string, factor: Amr, from: From): Outcome {
  if (from.sessionToken) await endSessionIn(tx, from.sessionToken, from);
  const opened = await openSession(tx, { userId, challengeId: attempt.challenge_id, amr: ["pwd", factor], origin: from });
  return ok({ kind: "session", opened, returnTo: attempt.return_to });
}
