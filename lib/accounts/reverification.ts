import type { ActedOn } from "#lib/accounts/suspend";
import { record } from "#lib/audit/record";
import type { Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";

/**
 * Puts every number of an account in doubt: each goes on signing in and serves no recovery until its next right code. False where all of them are in
 * doubt already, or there is none.
 */
export async function requireReverification(tx: Sql, { id, locale }: ActedOn, by: string): Promise<boolean> {
  const doubted = await tx`
    UPDATE phones p SET doubted_at = app_now() FROM authenticators a
    WHERE a.id = p.id AND a.user_id = ${id}::uuid AND a.verified_at IS NOT NULL AND p.doubted_at IS NULL RETURNING p.id`;
  if (doubted.length === 0) return false;
  await record(tx, { event: "reverification.asked", userId: id, method: by, ip: "", userAgent: "" });
  await queueNotice(tx, { userId: id, template: "notice.reverification_asked", locale });
  return true;
}
