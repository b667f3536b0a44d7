import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { askLater } from "#lib/delivery/messages/attempt";
import { recordReceipt } from "#lib/delivery/messages/record";
import { type PhoneChannel, PROVIDER_TIMEOUT, type Receipt } from "#lib/delivery/provider";
import { connectionOf } from "#lib/delivery/provider-accounts/connections";

type Row = {
  accountId: string;
  version: number;
  channel: PhoneChannel;
  status: DeliveryStatus;
  providerRef: string | null;
  /** Seconds since the hand-over began; negative if the demo clock was set back. */
  age: number;
};

/** Seconds after a hand-over at which its provider is queried; a code expires after ten minutes. */
const AGAIN = [5, 15, 60, 240];

/** Queries the provider for an attempt whose state may still change, records the answer, and queues the next query. */
export async function checkAttempt(attemptId: string): Promise<void> {
  const [row] = await sql<Row>`
    SELECT a.account_id, p.version, m.channel, a.status, a.provider_ref, extract(epoch FROM greatest(app_now() - a.started_at, interval '0'))::float AS age
    FROM delivery_attempts a JOIN provider_accounts p ON p.id = a.account_id JOIN messages m ON m.id = a.message_id AND m.created_at = a.message_at
    WHERE a.id = ${attemptId}::uuid AND a.status IN ('queued', 'sent')`;
  if (!row) return;
  const { provider } = await connectionOf({ id: row.accountId, version: row.version });
  const asked = { attemptId, ref: row.providerRef, channel: row.channel };
  const found = await provider.check?.(asked, AbortSignal.timeout(PROVIDER_TIMEOUT)).catch(() => ({ status: "unknown" as const }));
  if (found && found.status !== "unknown" && found.status !== "absent") await recordReceipt(row.accountId, receiptOf(attemptId, found));
  const next = AGAIN.find((seconds) => seconds > row.age + 1);
  const over = found?.status === "delivered" || found?.status === "undelivered" || found?.status === "failed";
  if (next !== undefined && !over) await askLater(attemptId, Math.ceil(next - row.age));
}

type Found = Pick<Receipt, "status" | "reason" | "carrier" | "code"> & { ref?: string | null };

function receiptOf(attemptId: string, { status, ref, reason, carrier, code }: Found): Receipt {
  return { attemptId, status, carrier, code, ...(ref ? { ref } : {}), ...(reason ? { reason } : {}) };
}
