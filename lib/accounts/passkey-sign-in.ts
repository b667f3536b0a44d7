import { createHash, randomBytes } from "node:crypto";
import type { SigningOptions } from "#lib/accounts/passkeys";
import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { PASSKEY_KIND } from "#lib/authenticators/passkeys/authenticator";
import { judge, spendCounter } from "#lib/authenticators/passkeys/judge";
import { signingOptions } from "#lib/authenticators/passkeys/options";
import { CEREMONY_SECONDS, NONCE_BYTES } from "#lib/authenticators/passkeys/party";
import type { Assertion } from "#lib/authenticators/passkeys/response";
import { beginPasskeyStep } from "#lib/authenticators/passkeys/step";
import { SealError, seal, unseal } from "#lib/crypto/seal";
import { transactionOn } from "#lib/db/in-line";
import { rollback, sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { addressPolicies } from "#lib/limits/policy";
import { answerOf, type Verified } from "#lib/purposes/challenges";
import type { Effect } from "#lib/purposes/effect";
import { completeAlone } from "#lib/purposes/passkey-alone";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";

/** Sign-in with a passkey alone: two factors in one, where it verified its user (WA-02). */

/** The cookie of a ceremony is sealed for this place; it holds the nonce and its end. */
const place = { table: "passkey_sign_in", column: "nonce", row: "cookie", owner: "browser" };

async function present(): Promise<Date> {
  const [row] = await sql<{ now: Date }>`SELECT app_now() AS now`;
  return row?.now ?? new Date(Number.NaN);
}

/** The options for a browser's dialog, and what its cookie holds until the answer. Nothing is written. */
export async function beginPasskeySignIn(): Promise<{ options: SigningOptions; sealed: string; expiresAt: Date }> {
  const nonce = randomBytes(NONCE_BYTES).toString("base64url");
  const expiresAt = new Date((await present()).getTime() + CEREMONY_SECONDS * 1000);
  return { options: await signingOptions(nonce, [], "required"), sealed: seal(`${nonce}.${expiresAt.getTime()}`, place), expiresAt };
}

/** The nonce of a cookie of ours and when it ends; null for any other cookie. */
function ceremonyOf(sealed: string): { nonce: string; ends: Date } | null {
  try {
    const [nonce = "", end] = unseal(sealed, place).split(".");
    return { nonce, ends: new Date(Number(end)) };
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

const wrong = (reason?: Refused["reason"]): Result<never, Refused> => fail({ code: "credentials_wrong", ...(reason ? { reason } : {}) });

/**
 * Opens a session for the right answer of a passkey that verified its user; once for each nonce. Wrong answers are counted at their address. An
 * unknown passkey has an error of its own, so that the browser can delete it; ids are random, so that reveals nothing.
 */
export async function finishPasskeySignIn(
  { sealed, assertion, returnTo }: { sealed: string; assertion: Assertion; returnTo: string | null },
  requester: Requester,
): Promise<Result<Verified, Refused>> {
  const ceremony = ceremonyOf(sealed);
  if (ceremony === null) return fail({ code: "challenge_expired" });
  const { nonce, ends } = ceremony;
  const { ip, userAgent } = requester;
  const begun = await beginPasskeyStep(assertion.id, ends, requester);
  if (!begun.ok) {
    await recordRefusal({ event: "sign_in.refused", reason: addressPolicies.passkeyFailures.name, ip });
    return fail({ code: "too_many_requests", retryAfter: begun.error });
  }
  if (begun.value === null) return fail({ code: "challenge_expired" });
  const { stored, hitIds } = begun.value;
  if (!stored) return wrong("passkey_unknown");
  const { userId, id: authenticatorId, epoch, locale } = stored;
  const judged = assertion.response.userHandle ? await judge(assertion, nonce, stored) : null;
  if (judged?.wentBack) await record(sql, { event: "passkey.counter_back", userId, method: "hwk", ip, userAgent });
  // Refuses a passkey that did not verify its user, and an automatic one before its first use after the password.
  if (!judged || judged.wentBack || !judged.userVerified || stored.needsPassword) {
    await record(sql, { event: "sign_in.passkey_wrong", userId, method: "hwk", ip, userAgent });
    return wrong();
  }
  const claim = createHash("sha256").update(`passkey\0${nonce}`).digest();
  const answered = { claim, userId, authenticatorId, kind: PASSKEY_KIND, epoch, locale, returnTo, hitIds };
  const opened = await transactionOn(nonce, async (tx): Promise<Result<Effect, Refused>> => {
    // Sent together; the passkey's row is locked before the account's, in the order of a second factor, so that neither waits for the other in a circle.
    const [spent, effect] = await Promise.all([
      spendCounter(tx, authenticatorId, judged),
      completeAlone(tx, answered, { amr: "hwk", userVerified: true }, requester),
    ]);
    return spent ? effect : rollback(wrong());
  });
  return opened.ok ? ok(answerOf(opened.value)) : wrong();
}
