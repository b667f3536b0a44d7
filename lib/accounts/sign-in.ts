import { canonicalIdentifier, type FoundAccount, findAccount } from "#lib/accounts/find-account";
import { nextStep } from "#lib/accounts/next-step";
import { type Origin, record } from "#lib/audit/record";
import { OPEN_RACE, type OpenedChallenge, openChallenge } from "#lib/challenges/open";
import { type Target, takeSendLimits } from "#lib/challenges/queue-code";
import { hashSecret, needsRehash, verifySecret } from "#lib/crypto/password-hash";
import { retryOn, rollback, sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { beginPasswordAttempt, passwordWasRight } from "#lib/limits/password-failures";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";

export type SignIn = { identifier: string; password: string; returnTo?: string | null };
type From = Origin & { sessionToken?: string | undefined };

/**
 * Checks a password and opens the challenge for the second factor; a password alone opens nothing else.
 * Unknown account and wrong password: the same count, the same hashing work, the same words (EN-01, EN-02).
 */
export async function signIn(input: SignIn, from: From): Promise<Result<OpenedChallenge, Refused>> {
  const identifier = canonicalIdentifier(input.identifier);
  const attempt = { identifier: identifier.value, ip: from.ip };
  const refusal = await beginPasswordAttempt(attempt);
  if (refusal) return fail({ code: "too_many_requests", retryAfter: refusal.retryAfter });
  const account = await findAccount(identifier);
  const right = await verifySecret(account?.passwordHash ?? null, input.password);
  if (!account || !right || account.disabled) {
    await record(sql, { event: "sign_in.password_wrong", userId: account?.id ?? null, ...from });
    return fail({ code: "credentials_wrong" });
  }
  await passwordWasRight(attempt);
  if (needsRehash(account.passwordHash)) await rehash(account, input.password);
  return openFor(account, input.returnTo ?? null, from);
}

/** Parameters or pepper rose since the hash was made; only the hash that was just proven is replaced (PW-04). */
async function rehash(account: FoundAccount, password: string): Promise<void> {
  const fresh = await hashSecret(password);
  await sql`UPDATE users SET password_hash = ${fresh} WHERE id = ${account.id}::uuid AND password_hash = ${account.passwordHash}`;
}

/** Opens what the account's next step needs: the second factor, or the address again for a sign-up that was left. */
function openFor(account: FoundAccount, returnTo: string | null, from: From): Promise<Result<OpenedChallenge, Refused>> {
  const unfinished = nextStep(account, false) === "prove_address_and_bind_phone";
  const [phone] = account.phones;
  const target: Target | null = unfinished
    ? { channel: "EMAIL", email: account.email }
    : phone
      ? { channel: phone.channel, phoneId: phone.id, e164: phone.e164, country: phone.country, proven: true }
      : null;
  return retryOn([OPEN_RACE], () =>
    transaction(async (tx) => {
      const opened = await openChallenge(tx, {
        purpose: unfinished ? "SIGN_UP" : "SIGN_IN",
        userId: account.id,
        locale: account.locale,
        returnTo,
        target,
      });
      // After the challenge it voids is locked, as in a resend of that challenge: the other order waits in a circle.
      const refusal = target ? await takeSendLimits(tx, target, account.id, from.ip) : null;
      if (refusal) return rollback(fail(refusal));
      // A new login ends the older session of its browser: it can neither skip the challenge nor outlive it (SE-02).
      // After the challenges, as in verifying: rows are locked in one order everywhere.
      if (from.sessionToken) await endSessionIn(tx, from.sessionToken, from);
      await record(tx, { event: "sign_in.password_right", userId: account.id, challengeId: opened.challengeId, ...from });
      return ok(opened);
    }),
  );
}
