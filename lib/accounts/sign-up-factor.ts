import { randomUUID } from "node:crypto";
import type { MakingOptions } from "#lib/accounts/passkeys";
import { makeSeed, type NewApp, seedWaiting } from "#lib/accounts/totp";
import { PASSKEY_KIND } from "#lib/authenticators/passkeys/authenticator";
import { beginCeremony, takeCeremony } from "#lib/authenticators/passkeys/ceremony";
import { nameOfModel } from "#lib/authenticators/passkeys/list";
import { CREDENTIAL_KEY, insertPasskey, judgeNew, type Made } from "#lib/authenticators/passkeys/make";
import { makingOptions } from "#lib/authenticators/passkeys/options";
import type { Attestation } from "#lib/authenticators/passkeys/response";
import { answeredStep, spendStep, TOTP_KIND } from "#lib/authenticators/totp/authenticator";
import { loadChallenge } from "#lib/challenges/read";
import { parseOtp } from "#lib/crypto/codes";
import { transactionOn } from "#lib/db/in-line";
import { sql, violatedConstraint } from "#lib/db/sql";
import { serviceName } from "#lib/delivery/wording/service";
import type { Refused } from "#lib/errors";
import { currentSettings } from "#lib/policy/read";
import type { Verified } from "#lib/purposes/challenges";
import { endSignUp, type FirstFactor, lockSigningUp, type SignUpFactor } from "#lib/purposes/first-factor";
import { house } from "#lib/purposes/house";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";

/** An authenticator app or a passkey instead of the phone, while a sign-up waits for its second factor: for people whose plan has no texts. */

/** The challenge that the form of such a step was rendered for. */
type Drawn = { drawnFor?: string | undefined };

/** The factors that a sign-up may end with, for pages. */
export const factorsAtSignUp = async (): Promise<readonly SignUpFactor[]> => (await currentSettings()).factorsAtSignUp;

/** Makes the seed of an app for the account of the browser's challenge, in place of one that still waits. */
export async function beginFirstTotp(token: string, { drawnFor }: Drawn = {}): Promise<Result<NewApp, Refused>> {
  return transactionOn(token, async (tx): Promise<Result<NewApp, Refused>> => {
    const found = await lockSigningUp(tx, token, TOTP_KIND, drawnFor);
    return found.ok ? ok(await makeSeed(tx, found.value)) : found;
  });
}

/** The seed that waits for its first code in the sign-up of this browser; null where there is none. */
export async function pendingFirstTotp(token: string): Promise<NewApp | null> {
  const found = await transactionOn(token, (tx) => lockSigningUp(tx, token, TOTP_KIND));
  return found.ok ? seedWaiting(found.value) : null;
}

/** Ends the sign-up by the first code of its app. What cannot be a code is not counted (OTP-14). */
export async function confirmFirstTotp(
  token: string,
  typed: string,
  { drawnFor }: Drawn,
  requester: Requester,
): Promise<Result<Verified, Refused>> {
  const code = parseOtp(typed);
  if (code === null) return fail(await beforeCounting(token, { code: "invalid_input", fields: { code: "code_wrong" } }));
  const factor: FirstFactor = {
    kind: TOTP_KIND,
    event: "totp.added",
    notice: "notice.totp_added",
    async evaluate({ userId }) {
      const [pending] = await sql<{ id: string }>`
        SELECT id FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${TOTP_KIND} AND verified_at IS NULL`;
      const step = pending && userId ? await answeredStep(pending.id, userId, code) : null;
      return pending && step !== null ? { amr: "otp", spent: JSON.stringify({ id: pending.id, step }) } : null;
    },
    async bind(tx, userId, { spent }) {
      const { id, step } = JSON.parse(spent ?? "") as { id: string; step: number };
      if (!(await spendStep(tx, id, step))) return null;
      const bound = await tx`
        UPDATE authenticators SET verified_at = app_now() WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND verified_at IS NULL RETURNING id`;
      return bound.length === 1 ? id : null;
    },
  };
  return endSignUp(token, factor, { drawnFor }, requester);
}

/** Returns `challenge_missing` instead of a refusal of the input if the browser has no challenge. */
async function beforeCounting(token: string, refusal: Refused): Promise<Refused> {
  return (await loadChallenge(house, token)) ? refusal : { code: "challenge_missing" };
}

/** Returns the options for a passkey of the account behind the browser's challenge; the ceremony belongs to that challenge. */
export async function beginFirstPasskey(token: string): Promise<Result<MakingOptions, Refused>> {
  return transactionOn(token, async (tx): Promise<Result<MakingOptions, Refused>> => {
    const found = await lockSigningUp(tx, token, PASSKEY_KIND);
    if (!found.ok) return found;
    const { challengeId, userId, email, locale } = found.value;
    const nonce = await beginCeremony({ challengeId }, tx);
    return ok(await makingOptions(nonce, { userId, email, service: serviceName(locale) }, []));
  });
}

/** Ends the sign-up by a passkey. Making one does not verify its user, so it is one factor beside the password. */
export async function confirmFirstPasskey(
  token: string,
  { attestation, name }: { attestation: Attestation; name?: string | undefined },
  requester: Requester,
): Promise<Result<Verified, Refused>> {
  let made: Made | null = null;
  const factor: FirstFactor = {
    kind: PASSKEY_KIND,
    event: "passkey.added",
    notice: "notice.passkey_added",
    async evaluate({ challengeId }) {
      // Taken before anything is compared: one answer for one nonce (D10).
      const nonce = await takeCeremony({ challengeId });
      made = nonce === null ? null : await judgeNew(attestation, nonce);
      return made && { amr: "hwk" };
    },
    async bind(tx, userId) {
      if (!made) return null;
      const id = randomUUID();
      await insertPasskey(tx, { id, userId, name: name?.trim() || nameOfModel(made.aaguid) }, attestation, made);
      return id;
    },
  };
  try {
    return await endSignUp(token, factor, {}, requester);
  } catch (error) {
    if (violatedConstraint(error) === CREDENTIAL_KEY) return fail({ code: "code_wrong" });
    throw error;
  }
}
