import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { parseEmail } from "#lib/authenticators/addresses/email";
import { firstMail, takeMail } from "#lib/authenticators/addresses/mail-share";
import { passwordProblem } from "#lib/authenticators/password/policy";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { openChallenge } from "#lib/challenges/open";
import { hashSecret } from "#lib/crypto/password-hash";
import { sql, transaction } from "#lib/db/sql";
import { isMailStopped } from "#lib/delivery/stops";
import { type ErrorCode, type Refused, SENDING_STOPPED } from "#lib/errors";
import { addressPolicies } from "#lib/limits/policy";
import { takeAddress } from "#lib/limits/take";
import { readSettings } from "#lib/policy/read";
import { serviceNow } from "#lib/policy/service";
import { signUpPurpose as proveAddress } from "#lib/purposes/sign-up";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";

export type SignUp = { email: string; password: string; locale: "ja" | "en"; returnTo?: string | null };

/**
 * Starts a sign-up: checks the form, hashes the password and opens a challenge for the address whose mail is queued with it.
 * Where sign-up is closed nothing begins; one that has begun may end, because its person was let in while it was open.
 * A known address takes exactly the same way and gets the same answer; the worker decides which mail it is (EN-01).
 */
export async function signUp(input: SignUp, requester: Requester): Promise<Result<OpenedChallenge, Refused>> {
  const [{ publicSignUp }, mailStopped] = await Promise.all([readSettings(), isMailStopped()]);
  if (!publicSignUp) return fail({ code: "sign_up_closed" });
  const email = parseEmail(input.email);
  const problem = passwordProblem(input.password, { email: email ?? input.email, service: serviceNow().name });
  const fields: Record<string, ErrorCode> = {
    ...(email ? {} : { email: "email_invalid" as const }),
    ...(problem ? { password: problem } : {}),
  };
  if (!email || problem) return fail({ code: "invalid_input", fields });
  if (mailStopped) return fail(SENDING_STOPPED);
  // Counted before hashing: requests over the limit must not delay the sign-ins that wait for the hasher (PW-05).
  const wait = await takeAddress(sql, addressPolicies.signUps, requester.ip);
  if (wait !== null) {
    await recordRefusal({ event: "sign_up.refused", reason: addressPolicies.signUps.name, ip: requester.ip });
    return fail({ code: "too_many_requests", retryAfter: wait });
  }
  const passwordHash = await hashSecret(input.password, { key: requester.ip });
  return transaction(async (tx) => {
    const way = await takeMail(tx, { email, userId: null }, proveAddress.name);
    const opened = await openChallenge(tx, {
      purpose: proveAddress,
      userId: null,
      locale: input.locale,
      returnTo: input.returnTo ?? null,
      ...firstMail(email, way),
      claim: { email, passwordHash },
    });
    // The browser gives its session up for the challenge, so the session ends here and not an idle hour later (SE-02).
    if (requester.sessionToken) await endSessionIn(tx, requester.sessionToken, requester);
    await record(tx, { event: "sign_up.started", challengeId: opened.challengeId, ...requester });
    return ok(opened);
  });
}
