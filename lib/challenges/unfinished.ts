import { transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/queue-notice";

/**
 * Tells accounts of sign-ins that ended, by time or by a newer one, after the right password and at least one wrong code (NT-01):
 * once per challenge, at most a hundred at a time; returns how many. A job calls it.
 */
export const tellUnfinished = (): Promise<number> =>
  transaction(async (tx) => {
    const ended = await tx<{ user_id: string; locale: string }>`
      UPDATE challenges SET told_at = app_now() WHERE id IN (
        SELECT id FROM challenges WHERE purpose = 'SIGN_IN' AND user_id IS NOT NULL AND attempts > 0 AND consumed_at IS NULL AND told_at IS NULL
          AND expires_at <= app_now() LIMIT 100 FOR UPDATE SKIP LOCKED)
      RETURNING user_id, locale`;
    for (const { user_id, locale } of ended) await queueNotice(tx, { userId: user_id, template: "notice.second_factor_failed", locale });
    return ended.length;
  });
