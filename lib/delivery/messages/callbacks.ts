import { openCode } from "#lib/crypto/code-seal";
import { rehearsalCode } from "#lib/crypto/rehearsal-code";
import { isUnavailable } from "#lib/db/pool";
import { sql } from "#lib/db/sql";
import { askNow } from "#lib/delivery/messages/attempt";
import { lostReceipt } from "#lib/delivery/messages/lost-receipts";
import { isAttemptId, recordReceipt } from "#lib/delivery/messages/record";
import type { Callback, LostReason, Spoken } from "#lib/delivery/provider";
import { connectionOf, isReceiptKey } from "#lib/delivery/provider-accounts/connections";
import type { Template } from "#lib/delivery/wording/notices";
import { serviceOf } from "#lib/delivery/wording/service";
import { type CodeWords, type ConfirmedAct, isCode, type Locale, rehearsed, trialText } from "#lib/delivery/wording/texts";
import { voiceText } from "#lib/delivery/wording/voice";
import { GUESSES_PER_CHALLENGE } from "#lib/limits/policy";
import { log } from "#lib/log";

/**
 * Callbacks of providers: receipts, and the words of a call after its key press. The path identifies the account, the adapter verifies the proof.
 */

type AccountRow = { id: string; version: number };

const accountNamed = async (name: string): Promise<AccountRow | undefined> => {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) return undefined;
  const [row] = await sql<AccountRow>`SELECT id, version FROM provider_accounts WHERE name = ${name}`;
  return row;
};

/** Returns the adapter of an account; null if its secrets do not open, which the operator must repair and a request must not turn into a 500. */
async function liveOf(account: AccountRow) {
  try {
    return await connectionOf(account);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    log.warn({ event: "provider.unusable", error }, "a callback came for an account that cannot be used");
    return null;
  }
}

/** Notes that a callback which the operator sent from the console arrived; the key of the address proves it, and no text changes. */
async function takeProbeCallback({ id }: AccountRow, { query }: Callback): Promise<"accepted" | "forbidden"> {
  if (!isReceiptKey(id, query.get("key"))) return "forbidden";
  await sql`UPDATE provider_accounts SET callback_seen_at = app_now() WHERE id = ${id}::uuid`;
  return "accepted";
}

/**
 * Takes a delivery receipt: `accepted`, also for unknown attempts, which create no row (WH-05); `forbidden` without the provider's proof or for an
 * account without receipts. `malformed` if it cannot be parsed, `unusable` (the provider retries) if the account's secrets do not open or the proof
 * cannot be verified now; disabled accounts still receive late receipts.
 */
export async function takeReceipt(name: string, callback: Callback): Promise<"accepted" | "forbidden" | "malformed" | "unusable"> {
  const account = await accountNamed(name);
  if (!account) return "forbidden";
  if (callback.query.has("probe")) return takeProbeCallback(account, callback);
  const live = await liveOf(account);
  if (!live) return "unusable";
  const { provider, kind } = live;
  if (!provider.receipt) return "forbidden";
  // A provider without signatures proves itself by the key in its receipt URL; its report is then confirmed by a status query.
  if ((kind.receipts === "hint" || kind.needsReceiptKey) && !isReceiptKey(account.id, callback.query.get("key"))) return "forbidden";
  const result = await provider.receipt(callback);
  if (result === "malformed") lostReceipt(name, "unreadable");
  if (result === "unavailable") return "unusable";
  if (typeof result === "string") return result;
  const moved =
    "receipts" in result
      ? result.receipts.slice(0, 100).map((receipt) => () => recordReceipt(account.id, receipt))
      : result.hints.slice(0, 100).map((hint) => () => askAbout(account.id, hint));
  for (const move of moved) {
    const outcome = await move();
    if (outcome !== "recorded") lostReceipt(name, outcome);
  }
  return "accepted";
}

/**
 * Queues a status query for the attempt of a hint if its state can still change. A hint whose two names belong to different attempts matches none.
 */
async function askAbout(accountId: string, hint: { attemptId?: string; ref?: string }): Promise<"recorded" | LostReason> {
  const attemptId = isAttemptId(hint.attemptId ?? null) ? hint.attemptId : null;
  const ref = hint.ref ?? null;
  const [row] = await sql<{ id: string; own: boolean; open: boolean }>`
    SELECT id, ${ref}::text IS NULL OR coalesce(provider_ref, ${ref}) = ${ref} AS own, status IN ('queued', 'sent') AS open
    FROM (
      (SELECT * FROM (SELECT * FROM delivery_attempts WHERE id = ${attemptId}::uuid LIMIT 1) one WHERE account_id = ${accountId}::uuid)
      UNION ALL
      (SELECT * FROM delivery_attempts WHERE ${attemptId}::uuid IS NULL AND account_id = ${accountId}::uuid AND provider_ref = ${ref}
        ORDER BY started_at DESC LIMIT 1)) named`;
  if (!row?.own) return row ? "other_attempt" : "unmatched";
  if (row.open) await askNow(row.id);
  return "recorded";
}

/** Returns the words of a call after the key press in the provider's format; null if the request must be refused. */
export async function answerOfCall(
  name: string,
  callback: Callback,
  words: CodeWords,
): Promise<{ contentType: string; body: string } | null> {
  const account = await accountNamed(name);
  if (!account) return null;
  const live = await liveOf(account);
  return (await live?.provider.voice?.(callback, (ref) => spokenFor(account.id, callback.query.get("attempt"), ref, words))) ?? null;
}

type CallRow = {
  template: Template | "trial";
  locale: Locale;
  challengeId: string;
  authenticatorId: string;
  sealed: string | null;
  act: ConfirmedAct | null;
  owner: string | null;
  rehearsal: string | null;
};

/** Returns the words of an attempt's call while its code is valid, and those of a trial at any time; null for another call (`ref`). */
async function spokenFor(accountId: string, attemptId: string | null, ref: string, words: CodeWords): Promise<Spoken | null> {
  if (!isAttemptId(attemptId)) return null;
  const [row] = await sql<CallRow>`
    SELECT m.template, m.locale, m.challenge_id, m.authenticator_id, k.sealed, c.user_id AS owner,
      CASE WHEN m.template = 'trial' THEN (SELECT h.id FROM rehearsals h WHERE h.message_id = m.id) END AS rehearsal,
      (SELECT json_build_object('amount', x.amount, 'unit', x.unit, 'payee', x.payee) FROM confirmations x WHERE x.challenge_id = m.challenge_id) AS act
    FROM (SELECT * FROM delivery_attempts WHERE id = ${attemptId}::uuid LIMIT 1) a JOIN messages m ON m.id = a.message_id AND m.created_at = a.message_at
      LEFT JOIN challenges c ON c.id = m.challenge_id AND c.consumed_at IS NULL AND c.voided_at IS NULL
        AND c.expires_at > app_now() AND c.attempts < ${GUESSES_PER_CHALLENGE}
      LEFT JOIN challenge_codes k ON k.challenge_id = c.id AND k.authenticator_id = m.authenticator_id AND k.expires_at > app_now()
    WHERE a.id = ${attemptId}::uuid AND a.account_id = ${accountId}::uuid AND m.channel = 'VOICE'
      AND (a.provider_ref = ${ref} OR (a.provider_ref IS NULL AND NOT EXISTS (
        SELECT FROM delivery_attempts o WHERE o.account_id = a.account_id AND o.provider_ref = ${ref})))`;
  if (!row) return null;
  const service = serviceOf(row.locale);
  if (row.rehearsal) return { text: voiceText(rehearsed, row.locale, rehearsalCode(row.rehearsal), service), locale: row.locale };
  if (row.template === "trial") return { text: trialText(row.locale, service), locale: row.locale };
  if (!row.sealed || !row.owner || !isCode(row.template)) return null;
  const code = openCode({ challengeId: row.challengeId, authenticatorId: row.authenticatorId, owner: row.owner }, row.sealed);
  return { text: voiceText(words[row.template], row.locale, code, service, row.act), locale: row.locale };
}
