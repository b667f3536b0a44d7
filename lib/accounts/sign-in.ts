import { randomUUID } from "node:crypto";
import { type AccountDetails, beginPasswordStep, canonicalIdentifier, type FoundAccount, readDetails } from "#lib/accounts/find-account";
import { nextStep } from "#lib/accounts/next-step";
import { record } from "#lib/audit/record";
import { OPEN_RACE, type OpenedChallenge, openChallenge } from "#lib/challenges/open";
import { type Target, takeSendLimits } from "#lib/challenges/queue-code";
import { openNumber } from "#lib/crypto/number-seal";
import { hashSecret, needsRehash, verifySecret } from "#lib/crypto/password-hash";
import { transactionOn } from "#lib/db/in-line";
import { retryOn, rollback, sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { type PasswordAttempt, passwordWasRight } from "#lib/limits/password-failures";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";
import type { From } from "#lib/sessions/session";

export type SignIn = { identifier: string; password: string; returnTo?: string | null };

/**
 * Checks a password and opens the challenge for the second factor; a password alone opens nothing else.
 * Unknown account and wrong password: the same count, the same hashing work, the same words (EN-01, EN-02).
 */
export async function signIn(input: SignIn, from: From): Promise<Result<OpenedChallenge, Refused>> {
  const identifier = canonicalIdentifier(input.identifier);
  const begun = await beginPasswordStep(identifier, from);
  if (!begun.ok) return fail({ code: "too_many_requests", retryAfter: begun.error.retryAfter });
  const found = begun.value;
  // Read while the password is hashed: what there is more to read of an account that exists takes no time that anybody could see.
  const [right, details] = await Promise.all([verifySecret(found?.passwordHash ?? null, input.password), readDetails(found?.id ?? null)]);
  if (!found || !right || found.disabled || !details) {
    await record(sql, { event: "sign_in.password_wrong", userId: found?.id ?? null, ...from });
    return fail({ code: "credentials_wrong" });
  }
  if (needsRehash(found.passwordHash)) await rehash(found, input.password);
  const account = { ...found, ...details, typedEmail: identifier.kind === "email" ? identifier.value : null };
  return openFor(account, { identifier: identifier.value, ip: from.ip, deviceId: account.deviceId }, input.returnTo ?? null, from);
}

/** Parameters or pepper rose since the hash was made; only the hash that was just proven is replaced (PW-04). */
async function rehash(account: FoundAccount, password: string): Promise<void> {
  const fresh = await hashSecret(password);
  await sql`UPDATE users SET password_hash = ${fresh} WHERE id = ${account.id}::uuid AND password_hash = ${account.passwordHash}`;
}

type Account = FoundAccount & AccountDetails & { typedEmail: string | null };

/** Where the first code goes: to the phone used last, or to the address of a sign-up that was left; nowhere when no phone may be used. */
function targetOf(account: Account): Target | null {
  if (nextStep(account, false) === "prove_address_and_bind_phone") return { channel: "EMAIL", email: account.email };
  const [phone] = account.phones.toSorted((a, b) => Date.parse(b.lastUsedAt ?? "1970") - Date.parse(a.lastUsedAt ?? "1970"));
  if (!phone) return null;
  // A phone that used to be called is texted while nobody can call it.
  const channel = phone.calls || phone.voiceOnly ? phone.channel : "SMS";
  return { channel, phoneId: phone.id, e164: openNumber(phone.id, phone.sealed), country: phone.country, proven: true };
}

/** Opens what the account's next step needs: the second factor, or the address again for a sign-up that was left. */
async function openFor(
  account: Account,
  attempt: PasswordAttempt,
  returnTo: string | null,
  from: From,
): Promise<Result<OpenedChallenge, Refused>> {
  const target = targetOf(account);
  const result = await openWith(account, { target }, attempt, returnTo, from);
  if (result.ok) return result;
  // Somebody who pumps texts until the budget is spent must not keep out who needs none (RL-06, F13).
  if (result.error.reason === "budget_spent" && account.recoveryLeft > 0)
    return openWith(account, { target: null, unsent: target }, attempt, returnTo, from);
  // The password was right all the same, though nothing may be sent now.
  await passwordWasRight(sql, attempt);
  return result;
}

async function openWith(
  account: Account,
  { target, unsent }: { target: Target | null; unsent?: Target | null },
  attempt: PasswordAttempt,
  returnTo: string | null,
  from: From,
): Promise<Result<OpenedChallenge, Refused>> {
  const purpose = target?.channel === "EMAIL" ? "SIGN_UP" : "SIGN_IN";
  return retryOn([OPEN_RACE], () =>
    transactionOn(account.id, async (tx): Promise<Result<OpenedChallenge, Refused>> => {
      // Sent together, and run in this order: rows are locked as everywhere, the challenge before the limits of a send (a resend of the
      // challenge that is voided here would otherwise wait in a circle) and before the session.
      const id = randomUUID();
      const { id: userId, locale, typedEmail } = account;
      const opening = openChallenge(tx, { id, purpose, userId, locale, returnTo, target, unsent, account, typedEmail });
      const limits = target ? takeSendLimits(tx, target, account.id, from.ip) : null;
      const given = passwordWasRight(tx, attempt);
      // A new login ends the older session of its browser: it can neither skip the challenge nor outlive it (SE-02).
      const ended = from.sessionToken ? endSessionIn(tx, from.sessionToken, from) : null;
      const recorded = record(tx, { event: "sign_in.password_right", userId: account.id, challengeId: id, ...from });
      const [opened, refusal] = await Promise.all([opening, limits, given, ended, recorded]);
      return refusal ? rollback(fail(refusal)) : ok(opened);
    }),
  );
}
