import { record } from "#lib/audit/record";
import type { AskedAct } from "#lib/challenges/challenge";
import type { Guess, Proof } from "#lib/challenges/port";
import { type ConfirmedValues, confirmationDigest } from "#lib/crypto/confirmation-digest";
import { equalInConstantTime } from "#lib/crypto/hash";
import { rollback, type Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { accountOf } from "#lib/purposes/complete";
import type { Requester } from "#lib/requester";
import { fail } from "#lib/result";

/** The request of a challenge that confirms one act; the act and its values come from its row in `confirmations`. */
export const CONFIRMATION = "confirmation";

/** Both the kind and the method that an operator may require for large amounts. */
const PASSKEY = "passkey";

/** The act of a challenge with its values, from the row that its challenge points at. */
export const askedSql = (): string =>
  `(SELECT json_build_object('act', x.act, 'amount', x.amount, 'unit', x.unit, 'payee', x.payee) FROM confirmations x WHERE x.challenge_id = c.id)`;

/** Whether this amount must be confirmed by a passkey (CONFIRMATION_PASSKEY_FROM). */
export function needsPasskey({ amount }: Pick<AskedAct, "amount">): boolean {
  const from = env().CONFIRMATION_PASSKEY_FROM;
  return from !== undefined && Number(amount) >= Number(from);
}

/** Whether a way may confirm an act. */
export const mayConfirm = (asked: Pick<AskedAct, "amount"> | null, method: string): boolean =>
  asked === null || !needsPasskey(asked) || method === PASSKEY;

type Row = ConfirmedValues & { id: string; digest: Buffer };

const hex = (bytes: Buffer) => bytes.toString("hex");

/**
 * Confirms the act of a proven challenge, once, for the session that asked. Refuses a row whose values no longer have its digest, and a kind that may
 * not confirm its amount; a confirmation opens no class of acts (SU-03).
 */
export async function confirm(tx: Sql, guess: Guess, proof: Proof, requester: Requester): Promise<string> {
  const { challengeId, sessionId } = guess;
  const userId = accountOf(guess);
  const [row] = await tx<Row>`
    UPDATE confirmations SET confirmed_at = app_now()
    WHERE challenge_id = ${challengeId}::uuid AND user_id = ${userId}::uuid AND session_id = ${sessionId}::uuid
      AND confirmed_at IS NULL AND expires_at > app_now()
    RETURNING id, act, unit, amount, payee, reference, digest`;
  if (!row) return rollback(fail<Refused>({ code: "challenge_expired" }));
  const digest = confirmationDigest(row, { account: userId, challenge: challengeId });
  if (!equalInConstantTime(hex(digest), hex(row.digest))) return rollback(fail<Refused>({ code: "challenge_expired" }));
  if (needsPasskey(row) && guess.kind !== PASSKEY) return rollback(fail<Refused>({ code: "method_not_available" }));
  await record(tx, { event: "confirmation.proven", userId, challengeId, sessionId, method: proof.amr, ...requester });
  return row.id;
}
