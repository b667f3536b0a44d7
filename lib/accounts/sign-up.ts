import { parseEmail } from "#lib/accounts/email";
import { passwordProblem } from "#lib/accounts/password-policy";
import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { type OpenedChallenge, openChallenge } from "#lib/challenges/open";
import { type Target, takeSendLimits } from "#lib/challenges/queue-code";
import { hashSecret } from "#lib/crypto/password-hash";
import { rollback, sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import type { ErrorCode, Refused } from "#lib/errors";
import { policies } from "#lib/limits/policy";
import { takeLimits } from "#lib/limits/take";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";
import type { From } from "#lib/sessions/session";

export type SignUp = { email: string; password: string; locale: "ja" | "en"; returnTo?: string | null };

/**
 * Starts a sign-up: checks the form, hashes the password and opens a SIGN_UP challenge whose mail is queued with it.
 * A known address takes exactly the same way and gets the same answer; the worker decides which mail it is (EN-01).
 */
export async function signUp(input: SignUp, from: From): Promise<Result<OpenedChallenge, Refused>> {
  const email = parseEmail(input.email);
  const problem = passwordProblem(input.password, { email: email ?? input.email, service: env().SERVICE_NAME });
  const fields: Record<string, ErrorCode> = {
    ...(email ? {} : { email: "email_invalid" as const }),
    ...(problem ? { password: problem } : {}),
  };
  if (!email || problem) return fail({ code: "invalid_input", fields });
  // Counted before it costs a hash: whoever is over the limit must not keep the hasher from everybody's sign-ins (PW-05).
  const crowded = await takeLimits(sql, [{ policy: policies.signUpsPerIp, subject: from.ip }]);
  if (crowded) {
    await recordRefusal({ event: "sign_up.refused", reason: crowded.policy, ip: from.ip });
    return fail({ code: "too_many_requests", retryAfter: crowded.retryAfter });
  }
  const passwordHash = await hashSecret(input.password);
  const target: Target = { channel: "EMAIL", email };
  return transaction(async (tx) => {
    const refusal = await takeSendLimits(tx, target, null, from.ip);
    if (refusal) return rollback(fail(refusal));
    const opened = await openChallenge(tx, {
      purpose: "SIGN_UP",
      userId: null,
      locale: input.locale,
      returnTo: input.returnTo ?? null,
      target,
      claim: { email, passwordHash },
    });
    // The browser gives its session up for the challenge, so the session ends here and not an idle hour later (SE-02).
    if (from.sessionToken) await endSessionIn(tx, from.sessionToken, from);
    await record(tx, { event: "sign_up.started", challengeId: opened.challengeId, ...from });
    return ok(opened);
  });
}
