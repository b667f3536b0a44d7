import { type House, purposesThat } from "#lib/challenges/port";
import { unfinishedNotice } from "#lib/challenges/wrong";
import { transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { UNFINISHED_NOTICE_EVERY } from "#lib/limits/policy";

/** Ended sign-ins that one call reads at most. */
const BATCH = 100;

/**
 * Notifies accounts of sign-ins that expired or were replaced after the right password: with a wrong code (NT-01), or from an unknown device
 * without any second factor (LG-04). A challenge that its own browser replaced is skipped, because its successor is checked; an account gets one notice an hour;
 * returns the number of challenges read, and the job repeats until that is 0.
 */
export const tellEnded = (house: House): Promise<number> =>
  transaction(async (tx) => {
    const purposes = purposesThat(house, ({ afterPassword }) => afterPassword);
    const ended = await tx<{ userId: string; locale: string; federatedBy: string | null; tell: boolean }>`
      UPDATE challenges c SET told_at = app_now() WHERE c.id IN (
        SELECT id FROM challenges WHERE purpose = ANY(${purposes}::purpose[]) AND user_id IS NOT NULL AND consumed_at IS NULL AND told_at IS NULL
          AND (attempts > 0 OR device_id IS NULL) AND expires_at <= app_now() ORDER BY expires_at LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)
      RETURNING c.user_id, c.locale, c.federated_by, NOT EXISTS (SELECT 1 FROM challenges f WHERE f.follows = c.id AND f.user_id = c.user_id) AS tell`;
    for (const { userId, locale, federatedBy } of new Map(ended.filter(({ tell }) => tell).map((one) => [one.userId, one])).values()) {
      const first = await tx`
        UPDATE users SET unfinished_told_at = app_now() WHERE id = ${userId}::uuid
          AND (unfinished_told_at IS NULL OR unfinished_told_at <= app_now() - make_interval(secs => ${UNFINISHED_NOTICE_EVERY}::int)) RETURNING id`;
      if (first.length > 0) await queueNotice(tx, { userId, template: unfinishedNotice(federatedBy), locale });
    }
    return ended.length;
  });
