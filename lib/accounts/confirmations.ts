import { randomUUID } from "node:crypto";
import { readDetails } from "#lib/accounts/details";
import { openFactor } from "#lib/accounts/open-factor";
import { signReceipt } from "#lib/accounts/receipt";
import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { type ConfirmedValues, confirmationDigest } from "#lib/crypto/confirmation-digest";
import { equalInConstantTime } from "#lib/crypto/hash";
import { transactionOn } from "#lib/db/in-line";
import { signingKey } from "#lib/db/signing-keys";
import { type Sql, sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { CONFIRMATION_SECONDS } from "#lib/limits/policy";
import { naming } from "#lib/limits/subject";
import { CONFIRMATION, needsPasskey } from "#lib/purposes/confirmation";
import { stepUpPurpose as purpose } from "#lib/purposes/step-up";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { deviceOf } from "#lib/sessions/known-device";
import { type Acting, restrictionOf } from "#lib/sessions/step-up";

/** One act, confirmed by a second factor of its own for the values that were shown, and used once for a signed receipt (SU-04). */

/** A confirmation that waits for its proof. */
export type BegunConfirmation = { id: string; opened: OpenedChallenge };

/** Returns the refusal of an act or unit that the operator's settings lack, or null. */
export function unknownAct({ act, unit }: ConfirmedValues): Refused | null {
  const acts = env().confirmationActs;
  if (acts.some((one) => one.act === act && one.unit === unit)) return null;
  const field = acts.some((one) => one.act === act) ? "unit" : "act";
  return { code: "invalid_input", fields: { [field]: "invalid_input" } };
}

/** Writes the values with their digest, in the transaction that opens their challenge. */
async function write(tx: Sql, id: string, acting: Acting, values: ConfirmedValues, challengeId: string): Promise<void> {
  const { act, unit, amount, payee, reference } = values;
  const digest = confirmationDigest(values, { account: acting.userId, challenge: challengeId });
  await tx`
    INSERT INTO confirmations (id, user_id, session_id, challenge_id, act, unit, amount, payee, reference, digest, expires_at)
    VALUES (${id}::uuid, ${acting.userId}::uuid, ${acting.sessionId}::uuid, ${challengeId}::uuid, ${act}, ${unit}, ${amount}, ${payee}, ${reference}, ${digest},
      app_now() + make_interval(secs => ${CONFIRMATION_SECONDS}::int))`;
}

/**
 * Begins the confirmation of one act: a challenge for a second factor whose text, call and page name amount and payee. No earlier step-up counts.
 * Refusals: `invalid_input` for what the operator's settings do not have, `account_restricted`, `passkey_required`.
 */
export async function beginConfirmation(
  acting: Acting,
  values: ConfirmedValues,
  returnTo: ((id: string) => string) | null,
  requester: Requester,
): Promise<Result<BegunConfirmation, Refused>> {
  const unknown = unknownAct(values);
  if (unknown) return fail(unknown);
  const { userId, sessionId } = acting;
  const [details, deviceId, restriction] = await Promise.all([
    readDetails(userId),
    deviceOf(userId, requester.deviceToken),
    restrictionOf(userId),
  ]);
  if (!details) return fail({ code: "unauthenticated" });
  if (restriction) return fail({ code: "account_restricted", until: restriction.until });
  const unsent = needsPasskey(values);
  const hasPasskey = details.authenticators.some(({ kind, verified, disabled }) => kind === "passkey" && verified && !disabled);
  if (unsent && !hasPasskey) return fail({ code: "passkey_required" });
  // The first key is made here, so that it is published before the receipt that it signs.
  await signingKey();
  const id = randomUUID();
  const { act, amount, unit, payee } = values;
  const asked = { sessionId, action: CONFIRMATION, act: { act, amount, unit, payee } };
  const account = { ...details, id: userId, deviceId };
  const opening = { account, purpose, returnTo: returnTo?.(id) ?? null, asked, typedEmail: details.email, unsent, name: await naming() };
  const opened = await openFactor(opening, requester, (tx, challengeId) => write(tx, id, acting, values, challengeId));
  return ok({ id, opened });
}

type Row = { challengeId: string; sessionId: string; digest: Buffer };

const mismatch = () => fail<Refused>({ code: "confirmation_mismatch" });
const hex = (bytes: Buffer) => bytes.toString("hex");

/**
 * Uses a confirmation once, in the session that asked and for the values that were proven, and returns its receipt. Other values, another session, a
 * missing proof and a second use are `confirmation_mismatch` and burn nothing; another account's is `not_found`.
 */
export async function spendConfirmation(
  acting: Acting,
  id: string,
  values: ConfirmedValues,
  requester: Requester,
): Promise<Result<string, Refused>> {
  const used = await transactionOn(acting.userId, (tx) => spendIn(tx, acting, id, values, requester));
  if (!used.ok && used.error.code === "confirmation_mismatch")
    await recordRefusal({ event: "confirmation.refused", reason: "mismatch", ip: requester.ip, userId: acting.userId });
  return used;
}

async function spendIn(
  tx: Sql,
  { userId, sessionId }: Acting,
  id: string,
  values: ConfirmedValues,
  requester: Requester,
): Promise<Result<string, Refused>> {
  const [account] = await tx<{ restricted: boolean; until: string | null }>`
    SELECT coalesce(restricted_until > app_now(), false) AS restricted, CASE WHEN restricted_until <> 'infinity' THEN to_json(restricted_until)#>>'{}' END AS until
    FROM users WHERE id = ${userId}::uuid AND disabled_at IS NULL FOR SHARE`;
  if (!account) return fail({ code: "unauthenticated" });
  if (account.restricted) return fail({ code: "account_restricted", until: account.until });
  const [row] = await tx<Row>`
    SELECT challenge_id, session_id, digest FROM confirmations WHERE id = ${id}::uuid AND user_id = ${userId}::uuid`;
  if (!row) return fail({ code: "not_found" });
  const digest = confirmationDigest(values, { account: userId, challenge: row.challengeId });
  if (!equalInConstantTime(hex(digest), hex(row.digest)) || row.sessionId !== sessionId) return mismatch();
  const [used] = await tx<{ usedAt: Date }>`
    UPDATE confirmations SET used_at = app_now()
    WHERE id = ${id}::uuid AND confirmed_at IS NOT NULL AND used_at IS NULL AND expires_at > app_now()
      AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid)
    RETURNING used_at`;
  if (!used) return mismatch();
  const receipt = await signReceipt({ ...values, id, userId, usedAt: used.usedAt });
  await tx`UPDATE confirmations SET receipt = ${receipt} WHERE id = ${id}::uuid`;
  await record(tx, { event: "confirmation.used", userId, challengeId: row.challengeId, sessionId, ...requester });
  return ok(receipt);
}

/** A confirmation of this session for its page. */
export type ConfirmationLine = ConfirmedValues & { id: string; confirmed: boolean; over: boolean; receipt: string | null };

/** Reads a confirmation of this session; null for any other. */
export async function readConfirmation({ userId, sessionId }: Acting, id: string): Promise<ConfirmationLine | null> {
  const [row] = await sql<ConfirmationLine>`
    SELECT id, act, unit, amount, payee, reference, confirmed_at IS NOT NULL AS confirmed, expires_at <= app_now() AS over, receipt FROM confirmations
    WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND session_id = ${sessionId}::uuid`;
  return row ?? null;
}
