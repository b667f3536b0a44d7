import { type Origin, record } from "#lib/audit/record";
import { type Sql, transaction } from "#lib/db/sql";
import { sessionHashes } from "#lib/sessions/read-session";

/** Ends the session of a token at once, on the server; true if there was one. */
export async function endSession(token: string, origin: Origin): Promise<boolean> {
  return transaction((tx) => endSessionIn(tx, token, origin));
}

/** The same within a transaction: a new login ends the older session of its browser (SE-02). */
export async function endSessionIn(tx: Sql, token: string, origin: Origin): Promise<boolean> {
  const hashes = sessionHashes(token);
  if (hashes.length === 0) return false;
  const [ended] = await tx<{
    id: string;
    user_id: string;
  }>`DELETE FROM sessions WHERE token_hash = ANY(${hashes}::bytea[]) RETURNING id, user_id`;
  if (!ended) return false;
  await record(tx, { event: "session.ended", userId: ended.user_id, sessionId: ended.id, ...origin });
  return true;
}

/** Ends one session of the same account by its id; false for a foreign or unknown id alike. */
export async function endOwnSession(userId: string, sessionId: string, origin: Origin): Promise<boolean> {
  return transaction(async (tx) => {
    const [ended] = await tx<{ id: string }>`DELETE FROM sessions WHERE id::text = ${sessionId} AND user_id = ${userId}::uuid RETURNING id`;
    if (!ended) return false;
    await record(tx, { event: "session.ended", userId, sessionId: ended.id, ...origin });
    return true;
  });
}

/** Ends every session of an account but one; returns how many ended. */
export async function endOtherSessions(userId: string, keepSessionId: string, origin: Origin): Promise<number> {
  return transaction(async (tx) => {
    const ended = await tx`DELETE FROM sessions WHERE user_id = ${userId}::uuid AND id <> ${keepSessionId}::uuid RETURNING id`;
    if (ended.length > 0) await record(tx, { event: "sessions.ended_others", userId, sessionId: keepSessionId, ...origin });
    return ended.length;
  });
}
