import type { RemovedPhone } from "#lib/authenticators/phones/removed-phone";
import type { Sql } from "#lib/db/sql";
import { UNDO_SECONDS } from "#lib/limits/policy";

/** A change of an account's authenticators, stored for the days in which its owner can undo it. */
export type Change = {
  userId: string;
  kind: "phone_added" | "phone_replaced" | "phone_removed" | "email_changed";
  addedId?: string | null;
  removed?: RemovedPhone | null;
  oldEmail?: string | null;
};

/** Keeps a change; returns its id, for the notice that can undo it. */
export async function noteChange(tx: Sql, { userId, kind, addedId = null, removed = null, oldEmail = null }: Change): Promise<string> {
  const columns = removed && JSON.stringify({ id: removed.id, ...removed.columns });
  const [row] = await tx<{ id: string }>`
    INSERT INTO changes (user_id, kind, added_id, removed, removed_sealed, old_email, undo_until)
    VALUES (${userId}::uuid, ${kind}, ${addedId}::uuid, ${columns}::jsonb, ${removed?.sealed ?? null}, ${oldEmail},
      app_now() + make_interval(secs => ${UNDO_SECONDS}::int)) RETURNING id`;
  if (!row) throw new Error("a change was not kept");
  return row.id;
}
