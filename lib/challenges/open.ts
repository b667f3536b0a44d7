import { randomUUID } from "node:crypto";
import { queueCode, type Target } from "#lib/challenges/queue-code";
import { keyedHash, newToken } from "#lib/crypto/hash";
import type { Purpose } from "#lib/db/generated/enums";
import type { Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { BIND_PHONE_SECONDS } from "#lib/limits/policy";

/** The bearer of a challenge: the cookie value of the browser it was opened for, and its id. */
export type OpenedChallenge = { challengeId: string; token: string; expiresAt: Date };

type Open = {
  purpose: Purpose;
  userId: string | null;
  locale: string;
  returnTo?: string | null;
  /** Where the first code goes; null waits for a number or for another factor. */
  target: Target | null;
  /** The unproven claim of a sign-up. */
  claim?: { email: string; passwordHash: string };
};

/** Seconds a challenge lives: as long as its code, or 30 minutes while it waits for a number (PRE_AUTH). */
const life = (purpose: Purpose) => (purpose === "BIND_PHONE" ? BIND_PHONE_SECONDS : env().OTP_TTL_SECONDS);

/**
 * Opens a challenge for one browser and queues its first code; voids every other open one of the account and purpose.
 * Two at once: the partial unique index lets one in and the other's transaction is to be run again (`OPEN_RACE`).
 */
export async function openChallenge(tx: Sql, open: Open): Promise<OpenedChallenge> {
  const token = newToken();
  const id = randomUUID();
  const phoneId = open.target && open.target.channel !== "EMAIL" ? open.target.phoneId : null;
  if (open.userId)
    await tx`UPDATE challenges SET voided_at = app_now()
             WHERE user_id = ${open.userId}::uuid AND purpose = ${open.purpose}::purpose AND consumed_at IS NULL AND voided_at IS NULL`;
  const [row] = await tx<{ expires_at: Date }>`
    INSERT INTO challenges (id, token_hash, purpose, user_id, email, password_hash, locale, return_to, sends, current_channel, current_phone_id, expires_at)
    VALUES (${id}::uuid, ${keyedHash("token", "challenge", token)}, ${open.purpose}::purpose, ${open.userId}::uuid, ${open.claim?.email ?? null},
            ${open.claim?.passwordHash ?? null}, ${open.locale}, ${open.returnTo ?? null}, ${open.target ? 1 : 0},
            ${open.target?.channel ?? null}::channel, ${phoneId}::uuid, app_now() + make_interval(secs => ${life(open.purpose)}::int))
    RETURNING expires_at`;
  if (!row) throw new Error("a challenge was not written");
  if (open.target)
    await queueCode(tx, { challengeId: id, userId: open.userId, locale: open.locale, purpose: open.purpose, target: open.target });
  return { challengeId: id, token, expiresAt: row.expires_at };
}

/** Opens race here: at most one live challenge of an account and purpose; the loser's transaction is run again (`retryOn`). */
export const OPEN_RACE = "challenges_one_live";
