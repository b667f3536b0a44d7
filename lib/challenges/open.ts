import { randomUUID } from "node:crypto";
import type { ChallengeView } from "#lib/challenges/challenge";
import type { MailWay } from "#lib/challenges/mail-share";
import { type Holding, keepHeld, keepSame, queueCode, type Target } from "#lib/challenges/queue-code";
import { challengeHashes } from "#lib/challenges/read";
import { type PhoneRow, viewOf } from "#lib/challenges/view";
import { keyedHash, newToken } from "#lib/crypto/hash";
import type { Purpose } from "#lib/db/generated/enums";
import type { Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { BIND_PHONE_SECONDS } from "#lib/limits/policy";

/** The bearer of a challenge: the cookie value of the browser it was opened for, its id, and what that browser may know of it. */
export type OpenedChallenge = { challengeId: string; token: string; expiresAt: Date; view: ChallengeView };

/** A first code that is not sent. */
export type Unsent = { target: Target; reason: "budget_spent" | "sending_stopped" };

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
  same?: Extract<MailWay, { kind: "same" }> | null;
  /**
   * The token of the browser's previous challenge: the new one replaces it if it is of the same account, so that it does not count as unfinished
   * (LG-04).
   */
  followsToken?: string | undefined;
  /** The unproven claim of a sign-up. */
  claim?: { email: string; passwordHash: string };
  /** What its account can prove itself with, and the epoch in which its password was proven. */
  account?: { email: string; phones: PhoneRow[]; recoveryLeft: number; epoch: number; deviceId: string | null };
  /** The address that a sign-in was started with, for its pages to show; null if a number was typed. */
  typedEmail?: string | null;
};

/** Seconds a challenge lives: as long as its code, or 30 minutes while it waits for a number (PRE_AUTH). */
const life = (purpose: Purpose) => (purpose === "BIND_PHONE" ? BIND_PHONE_SECONDS : env().OTP_TTL_SECONDS);

const phoneOf = (target: Target | null) => (target && target.channel !== "EMAIL" ? target.phoneId : null);

/**
 * Opens a challenge for one browser, queues its first code, and voids every other open challenge of the account and purpose; of two concurrent
 * calls the partial unique index rejects one, and the caller retries its transaction (`OPEN_RACE`). Without a previous challenge the pipelined
 * lookup uses the new token, which matches no row, because the planner would not use an index for an empty array.
 */
export async function openChallenge(tx: Sql, open: Open): Promise<OpenedChallenge> {
  const token = newToken();
  const id = open.id ?? randomUUID();
  const voided = open.userId
    ? tx`UPDATE challenges SET voided_at = app_now()
         WHERE user_id = ${open.userId}::uuid AND purpose = ${open.purpose}::purpose AND consumed_at IS NULL AND voided_at IS NULL`
    : undefined;
  const inserted = tx<{ expiresAt: Date; now: Date }>`
    INSERT INTO challenges (id, token_hash, purpose, user_id, email, password_hash, locale, return_to, sends, current_channel, current_phone_id, epoch, device_id, follows, expires_at)
    VALUES (${id}::uuid, ${keyedHash("token", "challenge", token)}, ${open.purpose}::purpose, ${open.userId}::uuid, ${open.claim?.email ?? open.typedEmail ?? null},
            ${open.claim?.passwordHash ?? null}, ${open.locale}, ${open.returnTo ?? null}, ${open.target ? 1 : 0},
            ${open.target?.channel ?? null}::channel, ${phoneOf(open.target)}::uuid,
            coalesce(${open.account?.epoch ?? null}::int, (SELECT u.epoch FROM users u WHERE u.id = ${open.userId}::uuid), 0), ${open.account?.deviceId ?? null}::uuid,
            (SELECT f.id FROM challenges f WHERE f.token_hash = ANY(${challengeHashes(open.followsToken ?? token)}::bytea[]) AND f.user_id = ${open.userId}::uuid),
            app_now() + make_interval(secs => ${life(open.purpose)}::int))
    RETURNING expires_at, app_now() AS now`;
  const [, [row], heldUntil] = await Promise.all([voided, inserted, writeFirst(tx, id, open)]);
  if (!row) throw new Error("a challenge was not written");
  return { challengeId: id, token, expiresAt: row.expiresAt, view: viewOfOpened(open, row, heldUntil) };
}

/** Queues the first message of a challenge, stores it as held back with its end, or reuses the live mail. */
async function writeFirst(tx: Sql, challengeId: string, open: Open): Promise<Date | null> {
  const { userId, locale, purpose, target, held, same } = open;
  const about = { challengeId, userId, locale, purpose };
  if (held) return keepHeld(tx, { ...about, target: held.target }, held);
  if (target && same) await keepSame(tx, { ...about, target }, same);
  else if (target) await queueCode(tx, { ...about, target });
  return null;
}

/** The view of a challenge at the moment it was opened, from what was written: it need not be read again. */
function viewOfOpened(open: Open, { expiresAt, now }: { expiresAt: Date; now: Date }, heldUntil: Date | null): ChallengeView {
  const { purpose, target, held = null, same, claim, account, typedEmail = null } = open;
  const message = target ?? held?.target ?? null;
  return viewOf({
    purpose,
    userId: open.userId,
    email: claim?.email ?? typedEmail,
    accountEmail: account?.email ?? null,
    attempts: 0,
    sends: target ? 1 : 0,
    sendsRefunded: 0,
    currentChannel: target?.channel ?? null,
    expiresAt,
    now,
    codeExpiresAt: same && same.expiresAt < expiresAt ? same.expiresAt : null,
    phones: purpose === "BIND_PHONE" ? [] : (account?.phones ?? []),
    recoveryLeft: account?.recoveryLeft ?? 0,
    mailStopped: held?.target.channel === "EMAIL" && held.reason === "sending_stopped",
    sent: target ? [{ channel: target.channel, sends: 1, last: now }] : [],
    last: message && {
      channel: message.channel,
      phoneId: phoneOf(message),
      status: held ? "failed" : (same?.status ?? "queued"),
      reason: held?.reason ?? null,
      statusAt: same?.statusAt ?? now,
      until: heldUntil ?? same?.until ?? null,
      sender: null,
    },
  });
}

/** Opens race here: at most one live challenge of an account and purpose; the loser's transaction is run again (`retryOn`). */
export const OPEN_RACE = "challenges_one_live";
