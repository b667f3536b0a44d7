import { randomUUID } from "node:crypto";
import type { Sql } from "#lib/db/sql";
import type { NoticeTemplate } from "#lib/delivery/wording/notices";

/** Queues a security notice by mail to the account's address, in the transaction of its event (NT-01). */
export async function queueNotice(tx: Sql, notice: { userId: string; template: NoticeTemplate; locale: string }): Promise<void> {
  const id = randomUUID();
  await tx`
    WITH message AS (
      INSERT INTO messages (id, user_id, template, channel, locale) VALUES (${id}::uuid, ${notice.userId}::uuid, ${notice.template}, 'EMAIL', ${notice.locale})
    )
    SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${id}::text), max_attempts => 10)`;
}
