import { randomUUID } from "node:crypto";
import type { AskedAct, ChallengeView, OpenedChallenge } from "#lib/challenges/challenge";
import type { Admission, Bound, Federated, Purpose, Target } from "#lib/challenges/port";
import { type Holding, keepHeld, keepSame, queueCode, queueOwn } from "#lib/challenges/queue-code";
import { challengeHashes } from "#lib/challenges/read";
import { viewOf } from "#lib/challenges/view";
import { keyedHash, newToken } from "#lib/crypto/hash";
import type { Sql } from "#lib/db/sql";

type Open = {
  id?: string;
  purpose: Purpose;
  userId: string | null;
  locale: string;
  returnTo?: string | null;
  /** Where the first code goes; null waits for a number or for another factor. */
  target: Target | null;
  /**
   * The target of a message that a limit or an operator's stop held back: it is stored as failed, and methods that need no send are offered first
   * (RL-10).
   */
  held?: ({ target: Target } & Holding) | null;
  /** The live code of the target's mailbox: this challenge reuses it, and no further mail is sent. */
  same?: Extract<Admission, { kind: "same" }> | null;
  /** The token of the browser's previous challenge. One that its own browser replaced causes no notice of an unfinished sign-in (LG-04). */
  followsToken?: string | undefined;
  /** The account that it would be about once proven, and what its pages repeat of what was typed. */
  about?: { id: string | null; hint: string };
  /** The authenticator keeps the code of the target itself. */
  own?: Extract<Admission, { kind: "own" }> | null;
  /** What a signed-in person is asked for: their session, the class of acts or the act with its values, the phone to be replaced. */
  asked?: { sessionId: string; action?: string; act?: AskedAct; replaces?: string | null };
  /** The token of a challenge that no browser bears; without it a new one is made. */
  token?: string;
  /** The unproven claim of a sign-up. */
  claim?: { email: string; passwordHash: string | null };
  /**
   * What its account can prove itself with, and the epoch in which its password was proven. Without it the epoch is the current one, and the returned
   * view offers no ways until the challenge is read.
   */
  account?: { email: string; authenticators: Bound[]; facts: unknown; epoch: number; deviceId: string | null };
  /** Who proved the first factor in place of the password. */
  federated?: Federated | null | undefined;
  /** The address that a sign-in was started with, for its pages to show; null if a number was typed. */
  typedEmail?: string | null;
};

/**
 * Opens a challenge for one browser, queues its first code, and voids every other open challenge of the account and purpose; of two concurrent
 * calls the partial unique index rejects one, and the caller retries its transaction (`OPEN_RACE`). Without a previous challenge the pipelined
 * lookup uses the new token, which matches no row, because the planner would not use an index for an empty array.
 */
export async function openChallenge(tx: Sql, open: Open): Promise<OpenedChallenge> {
  const token = open.token ?? newToken();
  const id = open.id ?? randomUUID();
  // Reading the count makes the UPDATE run before the INSERT; the old challenge would still be in the partial unique index.
  const inserted = tx<{ expiresAt: Date; now: Date }>`
    WITH voided AS (
      UPDATE challenges SET voided_at = app_now()
      WHERE user_id = ${open.userId}::uuid AND purpose = ${open.purpose.name}::purpose AND consumed_at IS NULL AND voided_at IS NULL RETURNING id
    )
    INSERT INTO challenges (id, token_hash, purpose, user_id, email, password_hash, locale, return_to, sends, current_channel, current_authenticator_id, epoch, device_id, follows,
      about_id, hint, session_id, action, replaces, federated_by, federated_at, expires_at)
    SELECT ${id}::uuid, ${keyedHash("token", "challenge", token)}::bytea, ${open.purpose.name}::purpose, ${open.userId}::uuid,
      ${open.claim?.email ?? open.typedEmail ?? null}, ${open.claim?.passwordHash ?? null}, ${open.locale}, ${open.returnTo ?? null}, ${open.target ? 1 : 0}::int,
      ${open.target?.channel ?? null}::channel, ${open.target?.authenticatorId ?? null}::uuid,
      coalesce(${open.account?.epoch ?? null}::int, (SELECT u.epoch FROM users u WHERE u.id = ${open.userId}::uuid), 0), ${open.account?.deviceId ?? null}::uuid,
      (SELECT f.id FROM challenges f WHERE f.token_hash = ANY(${challengeHashes(open.followsToken ?? token)}::bytea[]) AND f.user_id = ${open.userId}::uuid),
      ${open.about?.id ?? null}::uuid, ${open.about?.hint ?? null}, ${open.asked?.sessionId ?? null}::uuid, ${open.asked?.action ?? null}, ${open.asked?.replaces ?? null}::uuid,
      ${open.federated?.by ?? null}, ${open.federated?.at ?? null}::timestamptz, app_now() + make_interval(secs => ${open.purpose.lifetime()}::int)
    FROM (SELECT count(*) FROM voided) v
    RETURNING expires_at, app_now() AS now`;
  const [[row], heldUntil] = await Promise.all([inserted, writeFirst(tx, id, open)]);
  if (!row) throw new Error("a challenge was not written");
  return { challengeId: id, token, expiresAt: row.expiresAt, view: viewOfOpened(open, row, heldUntil) };
}

/** Queues the first message of a challenge, stores it as held back with its end, or reuses the live mail. */
async function writeFirst(tx: Sql, challengeId: string, open: Open): Promise<Date | null> {
  const { userId, locale, purpose, target, held, same, own } = open;
  const about = { challengeId, userId, locale, purpose: purpose.name };
  if (held) return keepHeld(tx, { ...about, target: held.target }, held);
  if (target && own) await queueOwn(tx, { ...about, target }, own);
  else if (target && same) await keepSame(tx, { ...about, target }, same);
  else if (target) await queueCode(tx, { ...about, target });
  return null;
}

/** The view of a challenge at the moment it was opened, from what was written: it need not be read again. */
function viewOfOpened(open: Open, { expiresAt, now }: { expiresAt: Date; now: Date }, heldUntil: Date | null): ChallengeView {
  const { purpose, target, held = null, same, claim, account, typedEmail = null } = open;
  const message = target ?? held?.target ?? null;
  return viewOf(purpose, {
    purpose: purpose.name,
    userId: open.userId,
    step: 1,
    hint: open.about?.hint ?? null,
    aboutId: open.about?.id ?? null,
    action: open.asked?.action ?? null,
    asked: open.asked?.act ?? null,
    email: claim?.email ?? typedEmail,
    accountEmail: account?.email ?? null,
    currentAuthenticatorId: target?.authenticatorId ?? null,
    authenticators: account?.authenticators ?? [],
    facts: account?.facts ?? null,
    federatedBy: open.federated?.by ?? null,
    claimed: null,
    mailStopped: held?.target.channel === "EMAIL" && held.reason === "sending_stopped",
    attempts: 0,
    sends: target ? 1 : 0,
    sendsRefunded: 0,
    currentChannel: target?.channel ?? null,
    expiresAt,
    now,
    codeExpiresAt: same && same.expiresAt < expiresAt ? same.expiresAt : null,
    sent: target ? [{ channel: target.channel, sends: 1, last: now, asked: 1, askedAt: now }] : [],
    last: message && {
      channel: message.channel,
      authenticatorId: message.authenticatorId,
      status: held ? "failed" : (same?.status ?? "queued"),
      reason: held?.reason ?? null,
      statusAt: same?.statusAt ?? now,
      until: heldUntil ?? same?.until ?? null,
      sender: null,
    },
  });
}

/** The index allows one live challenge per account and purpose; of two concurrent opens the loser retries (`retryOn`). */
export const OPEN_RACE = "challenges_one_live";
