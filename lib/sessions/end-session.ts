import { record } from "#lib/audit/record";
import { type Sql, transaction } from "#lib/db/sql";
import type { Requester } from "#lib/requester";
import { forgetOtherDevices } from "#lib/sessions/known-device";
import { sessionHashes } from "#lib/sessions/read-session";

/** Ends the session of a token at once, on the server; true if there was one. */
export async function endSession(token: string, requester: Requester): Promise<boolean> {
  return transaction((tx) => endSessionIn(tx, token, requester));
}

/** The same within a transaction: a new login ends the older session of its browser (SE-02). */
export async function endSessionIn(tx: Sql, token: string, requester: Requester): Promise<boolean> {
  const hashes = sessionHashes(token);
  if (hashes.length === 0) return false;
  const [ended] = await tx<{
    id: string;
    userId: string;
  }>`DELETE FROM sessions WHERE token_hash = ANY(${hashes}::bytea[]) RETURNING id, user_id`;
  if (!ended) return false;
  await record(tx, { event: "session.ended", userId: ended.userId, sessionId: ended.id, ...requester });
  return true;
}

/** Ends one session of the same account by its id; false for a foreign or unknown id alike. */
export async function endOwnSession(userId: string, sessionId: string, requester: Requester): Promise<boolean> {
  return transaction(async (tx) => {
    const [ended] = await tx<{ id: string }>`DELETE FROM sessions WHERE id::text = ${sessionId} AND user_id = ${userId}::uuid RETURNING id`;
    if (!ended) return false;
    await record(tx, { event: "session.ended", userId, sessionId: ended.id, ...requester });
    return true;
  });
}

/**
 * Ends every session of an account but one, and the sign-ins that other browsers have begun, also those whose password is being checked at this
 * moment (B08, B16). Other known devices are forgotten. Returns how many sessions ended.
 */
export async function endOtherSessions(userId: string, keepSessionId: string, requester: Requester): Promise<number> {
  return transaction((tx) => endOtherSessionsIn(tx, userId, keepSessionId, requester));
}

/** The same within the transaction of a change that ends them. */
export async function endOtherSessionsIn(tx: Sql, userId: string, keepSessionId: string, requester: Requester): Promise<number> {
  const { ip, userAgent } = requester;
  await endWhatWasBegun(tx, userId);
  const ended = await tx`DELETE FROM sessions WHERE user_id = ${userId}::uuid AND id <> ${keepSessionId}::uuid RETURNING id`;
  await forgetOtherDevices(tx, userId, requester.deviceToken);
  if (ended.length > 0) await record(tx, { event: "sessions.ended_others", userId, sessionId: keepSessionId, ip, userAgent });
  return ended.length;
}

/**
 * Ends the sessions that rest on a factor which is being removed, except the acting one (FA-01). Sessions without a noted factor end too, because
 * theirs is unknown; returns how many ended.
 */
export async function endSessionsOfFactor(tx: Sql, userId: string, authenticatorId: string, keepSessionId: string | null): Promise<number> {
  const ended = await tx`
    DELETE FROM sessions WHERE user_id = ${userId}::uuid AND id IS DISTINCT FROM ${keepSessionId}::uuid
      AND (authenticator_id IS NULL OR authenticator_id = ${authenticatorId}::uuid) RETURNING id`;
  await tx`UPDATE sessions SET authenticator_id = NULL WHERE user_id = ${userId}::uuid AND authenticator_id = ${authenticatorId}::uuid`;
  return ended.length;
}

/**
 * Ends every session and open challenge of an account and deletes its known devices, for an operator's command; returns the number of sessions
 * ended. `endWhatWasBegun` locks the account's row first, so that a session that is being committed is ended too.
 */
export async function endAllSessions(tx: Sql, userId: string): Promise<number> {
  await endWhatWasBegun(tx, userId);
  const ended = await tx`DELETE FROM sessions WHERE user_id = ${userId}::uuid RETURNING id`;
  await forgetOtherDevices(tx, userId, undefined);
  return ended.length;
}

/**
 * Ends every challenge of an account and the live code of its resets, which name no account before it is proven; also a challenge whose password was
 * proven before but which is not written yet: it carries the old epoch and is refused. Locks challenges before the account, as everywhere: a verification in its last step is waited for, and its session
 * is seen by the statement that ends sessions.
 */
export async function endWhatWasBegun(tx: Sql, userId: string): Promise<void> {
  await tx`UPDATE challenges SET voided_at = app_now() WHERE user_id = ${userId}::uuid AND consumed_at IS NULL AND voided_at IS NULL`;
  await tx`DELETE FROM reset_codes WHERE user_id = ${userId}::uuid`;
  await raiseEpoch(tx, userId);
}

/** Ends every other open challenge of an account, for an effect that ends its sessions later: challenges are locked before the account. */
export const endWhatWasBegunBesides = (tx: Sql, userId: string, challengeId: string): Promise<unknown> => tx`
  UPDATE challenges SET voided_at = app_now() WHERE user_id = ${userId}::uuid AND id <> ${challengeId}::uuid AND consumed_at IS NULL AND voided_at IS NULL`;

/** Ends every challenge of an account that was begun before by its epoch alone, for a transaction that holds the account and may lock no challenge. */
export const raiseEpoch = (tx: Sql, userId: string): Promise<unknown> => tx`UPDATE users SET epoch = epoch + 1 WHERE id = ${userId}::uuid`;
