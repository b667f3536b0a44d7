import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { canonicalIdentifier } from "#lib/authenticators/identifier";
import { passwordProblem } from "#lib/authenticators/password/policy";
import { accountOfIdentifier } from "#lib/authenticators/password/step";
import { admitResetMail, resetTarget } from "#lib/authenticators/reset-codes/authenticator";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { openChallenge } from "#lib/challenges/open";
import { type ChallengeRow, loadChallenge } from "#lib/challenges/read";
import { refusalOf } from "#lib/challenges/send";
import { hashSecret } from "#lib/crypto/password-hash";
import { transactionOn } from "#lib/db/in-line";
import { rollback, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { isMailStopped } from "#lib/delivery/stops";
import { type Refused, SENDING_STOPPED } from "#lib/errors";
import { forgetPasswordFailures } from "#lib/limits/password-failures";
import { addressPolicies } from "#lib/limits/policy";
import { takeAddress } from "#lib/limits/take";
import { serviceNow } from "#lib/policy/service";
import { house } from "#lib/purposes/house";
import { resetPasswordPurpose as purpose } from "#lib/purposes/reset-password";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";

/**
 * Begins a reset for an address or a bound number: the mail goes to the account's address. Known and unknown identifiers get the same challenge, the
 * same work and the same answer; the worker decides what is sent (EN-01, EN-02).
 */
export async function beginReset(
  input: { identifier: string; locale: "ja" | "en" },
  requester: Requester,
): Promise<Result<OpenedChallenge, Refused>> {
  if (await isMailStopped()) return fail(SENDING_STOPPED);
  const identifier = canonicalIdentifier(input.identifier);
  const wait = await takeAddress(sql, addressPolicies.resets, requester.ip);
  if (wait !== null) {
    await recordRefusal({ event: "reset.refused", reason: addressPolicies.resets.name, ip: requester.ip });
    return fail({ code: "too_many_requests", retryAfter: wait });
  }
  const hint = identifier.kind === "phone" ? `••${identifier.value.slice(-2)}` : shownEmail(identifier.value);
  return transaction(async (tx) => {
    const account = await accountOfIdentifier(identifier, tx);
    const own = await admitResetMail(tx, account?.id ?? null);
    const opened = await openChallenge(tx, {
      purpose,
      userId: null,
      about: { id: account?.id ?? null, hint },
      locale: account?.locale ?? input.locale,
      target: resetTarget(hint, account?.id ?? null),
      own,
    });
    await record(tx, { event: "reset.requested", userId: account?.id ?? null, challengeId: opened.challengeId, ...requester });
    return ok(opened);
  });
}

/** Why a reset cannot go on. Its last step takes no code, so spent attempts do not end it. */
const refusalOfReset = (row: ChallengeRow | null, drawnFor?: string): Refused | null =>
  refusalOf(row && row.step === purpose.steps ? { ...row, attempts: 0 } : row, drawnFor);

/** Whether the challenge of a token waits for the new password of its account. */
export async function awaitsPassword(token: string): Promise<boolean> {
  const row = await loadChallenge(house, token);
  return row !== null && row.purpose === purpose.name && row.step === purpose.steps && refusalOfReset(row) === null;
}

/**
 * Sets the new password of a reset whose mailed code and second factor were proven; once, whatever the number of requests (E07). Every session,
 * challenge and known device of the account ends, no session is opened, and no factor changes (RS-02).
 */
export async function setNewPassword(
  token: string,
  input: { password: string; drawnFor?: string },
  requester: Requester,
): Promise<Result<null, Refused>> {
  const row = await loadChallenge(house, token);
  const refusal = refusalOfReset(row, input.drawnFor);
  if (!row || refusal) return fail(refusal ?? { code: "challenge_missing" });
  if (row.purpose !== purpose.name || row.step !== purpose.steps || !row.userId) return fail({ code: "challenge_missing" });
  const { userId } = row;
  const problem = passwordProblem(input.password, { email: row.accountEmail ?? "", service: serviceNow().name });
  if (problem) return fail({ code: "invalid_input", fields: { password: problem } });
  const hash = await hashSecret(input.password, { key: requester.ip });
  return transactionOn(token, async (tx): Promise<Result<null, Refused>> => {
    const consumed = await tx`
      UPDATE challenges SET consumed_at = app_now()
      WHERE id = ${row.id}::uuid AND step = ${purpose.steps}::int AND coalesce(consumed_at, voided_at) IS NULL AND expires_at > app_now()
        AND EXISTS (SELECT 1 FROM users u WHERE u.id = challenges.user_id AND u.epoch = challenges.epoch AND u.disabled_at IS NULL) RETURNING id`;
    if (consumed.length === 0) return rollback(fail<Refused>({ code: "challenge_missing" }));
    await endAllSessions(tx, userId);
    await tx`UPDATE users SET password_hash = ${hash}, password_changed_at = app_now() WHERE id = ${userId}::uuid`;
    await forgetPasswordFailures(tx, userId);
    await record(tx, { event: "password.reset", userId, challengeId: row.id, ...requester });
    await queueNotice(tx, { userId, template: "notice.password_reset", locale: row.locale });
    return ok(null);
  });
}
