import { record } from "#lib/audit/record";
import type { Attempt } from "#lib/challenges/begin-attempt";
import type { Proof } from "#lib/challenges/evaluate";
import { type OpenedChallenge, openChallenge } from "#lib/challenges/open";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/queue-notice";
import type { Refused } from "#lib/errors";
import { giveBackHits, giveBackSends } from "#lib/limits/take";
import { claimNumber } from "#lib/phones/claim";
import { spendRecoveryCode } from "#lib/recovery/match";
import { prepareRecoveryCodes } from "#lib/recovery/recovery-codes";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";
import { type KnownDevice, keepDevice } from "#lib/sessions/known-device";
import { type OpenedSession, openSession } from "#lib/sessions/open-session";
import type { Amr, From } from "#lib/sessions/session";

/** What the consumed challenge opened: the next challenge, or a session. */
export type Effect =
  | { kind: "challenge"; opened: OpenedChallenge }
  | { kind: "session"; opened: OpenedSession; device: KnownDevice; returnTo: string | null };

type Outcome = Promise<Result<Effect, Refused>>;

const phoneAmr = (attempt: Attempt): Amr => (attempt.currentChannel === "VOICE" ? "tel" : "sms");

/** The effect of a proven challenge, in the transaction that consumed it; a refusal that must undo the consumption rolls back. */
export function applyEffect(tx: Sql, attempt: Attempt, proof: Proof, from: From): Outcome {
  if (attempt.purpose === "SIGN_UP") return proveAddress(tx, attempt, from);
  if (attempt.purpose === "BIND_PHONE") return bindPhone(tx, attempt, from);
  if (attempt.purpose === "SIGN_IN") return signIn(tx, attempt, proof, from);
  throw new Error(`no effect for ${attempt.purpose}`);
}

const accountOf = (attempt: Attempt): string => {
  if (!attempt.userId) throw new Error("a challenge without an account has no such effect");
  return attempt.userId;
};

/**
 * The address is proven: from here on the account exists and waits for its phone. An address is no second factor and proves no
 * number, so a sign-up that is resumed gives back neither failures nor sends (RL-08, SENDS_PER_PHONE).
 */
async function proveAddress(tx: Sql, attempt: Attempt, from: From): Outcome {
  const userId = attempt.userId ?? (await createAccount(tx, attempt));
  await giveBackHits(tx, attempt.hitIds);
  await record(tx, { event: "sign_up.email_proven", userId, challengeId: attempt.challengeId, method: "email", ...from });
  const opened = await openChallenge(tx, {
    purpose: "BIND_PHONE",
    userId,
    locale: attempt.locale,
    returnTo: attempt.returnTo,
    target: null,
  });
  return ok({ kind: "challenge", opened });
}

/**
 * Creates at most one account per address under any race (RG-02). Other unproven claims on the address stay open until they expire, because ending
 * them would reveal that the owner has just proven it; the existing account rejects them later (RG-03, EN-01).
 */
async function createAccount(tx: Sql, attempt: Attempt): Promise<string> {
  const [user] = await tx<{ id: string }>`
    INSERT INTO users (email, password_hash, locale) VALUES (${attempt.email}, ${attempt.passwordHash}, ${attempt.locale})
    ON CONFLICT (email) DO NOTHING RETURNING id`;
  if (!user) return rollback(fail<Refused>({ code: "challenge_expired" }));
  return user.id;
}

async function bindPhone(tx: Sql, attempt: Attempt, from: From): Outcome {
  const userId = accountOf(attempt);
  if (!attempt.currentPhoneId) return rollback(fail<Refused>({ code: "challenge_missing" }));
  const claim = await claimNumber(tx, userId, attempt.currentPhoneId);
  if (claim === "taken") return giveNumberBack(tx, attempt, userId, from);
  await record(tx, { event: "phone.bound", userId, challengeId: attempt.challengeId, ...from });
  await queueNotice(tx, { userId, template: "notice.phone_bound", locale: attempt.locale });
  return session(tx, attempt, userId, phoneAmr(attempt), from);
}

/** The number is proven but held elsewhere: the challenge goes back to waiting for a number, its attempts stay spent. */
async function giveNumberBack(tx: Sql, attempt: Attempt, userId: string, from: From): Outcome {
  await clearFailures(tx, attempt, userId, attempt.currentPhoneId);
  await tx`DELETE FROM phones WHERE id = ${attempt.currentPhoneId}::uuid AND verified_at IS NULL`;
  await tx`UPDATE challenges SET consumed_at = NULL, current_phone_id = NULL, current_channel = NULL WHERE id = ${attempt.challengeId}::uuid`;
  await record(tx, { event: "phone.taken", userId, challengeId: attempt.challengeId, ...from });
  return fail({ code: "number_taken" });
}

async function signIn(tx: Sql, attempt: Attempt, proof: Proof, from: From): Outcome {
  const userId = accountOf(attempt);
  if (proof.factor === "code") return session(tx, attempt, userId, phoneAmr(attempt), from);
  if (!(await spendRecoveryCode(tx, userId, proof.recoveryCodeId))) return rollback(fail<Refused>({ code: "challenge_missing" }));
  await record(tx, { event: "recovery_code.used", userId, challengeId: attempt.challengeId, method: "rc", ...from });
  await queueNotice(tx, { userId, template: "notice.recovery_code_used", locale: attempt.locale });
  return session(tx, attempt, userId, "rc", from);
}

/**
 * Clears the streaks of the account and the known device, the counter of the authenticator used and no other (RL-08), the account's unproven sends,
 * and the hits of this attempt. Locks the account's row; returns false when the account has ended earlier challenges (its epoch rose, or it was
 * disabled).
 */
async function clearFailures(tx: Sql, attempt: Attempt, userId: string, phoneId: string | null): Promise<boolean> {
  const cleared = tx`
    WITH cleared AS (
      UPDATE users SET factor_failures = 0, locked_until = NULL
      WHERE id = ${userId}::uuid AND epoch = ${attempt.epoch}::int AND disabled_at IS NULL RETURNING id
    ), device AS (
      UPDATE known_devices SET factor_failures = 0, locked_until = NULL
      WHERE id = ${attempt.deviceId}::uuid AND user_id = ${userId}::uuid AND factor_failures > 0 AND EXISTS (SELECT 1 FROM cleared) RETURNING id
    ), phone AS (
      UPDATE phones SET failures = 0, last_used_at = app_now()
      WHERE id = ${phoneId}::uuid AND user_id = ${userId}::uuid AND (SELECT count(*) FROM cleared) + (SELECT count(*) FROM device) > 0)
    SELECT id FROM cleared`;
  const [rows] = await Promise.all([cleared, giveBackSends(tx, userId, attempt.hitIds)]);
  return rows.length > 0;
}

/** The session with all that belongs to it, sent together: the account's row first, then the sessions and devices. */
async function session(tx: Sql, attempt: Attempt, userId: string, factor: Amr, from: From): Outcome {
  const [current, , opened, { tell, ...device }] = await Promise.all([
    clearFailures(tx, attempt, userId, factor === "rc" ? null : attempt.currentPhoneId),
    from.sessionToken ? endSessionIn(tx, from.sessionToken, from) : null,
    openSession(tx, { userId, challengeId: attempt.challengeId, amr: ["pwd", factor], origin: from }),
    keepDevice(tx, userId, from.deviceToken),
  ]);
  if (!current || !opened) return rollback(fail<Refused>({ code: "challenge_expired" }));
  // After sign-up, and after a restored backup whose codes were ended.
  if (opened.view.nextStep === "save_recovery_codes") await prepareRecoveryCodes(tx, userId, from);
  // The first browser of an account is not a new one.
  if (tell && attempt.purpose === "SIGN_IN") await queueNotice(tx, { userId, template: "notice.new_device", locale: attempt.locale });
  return ok({ kind: "session", opened, device, returnTo: attempt.returnTo });
}
