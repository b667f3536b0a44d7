import { keyedHash, keyedHashes } from "#lib/crypto/hash";
import { seal, unseal } from "#lib/crypto/seal";
import type { Channel, DeliveryStatus } from "#lib/db/generated/enums";
import { type Sql, sql } from "#lib/db/sql";
import type { DeliveryError } from "#lib/errors";

/** What the demo phone shows of one message; times are ISO 8601. */
export type DemoMessage = {
  id: string;
  to: string;
  channel: "sms" | "voice" | "email";
  text: string;
  code: string | null;
  link: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  greeting: string | null;
  /** The reference and codes of a notice; null where the message has none. */
  reference: string | null;
  stopCode: string | null;
  undoCode: string | null;
  statusCode: string | null;
  at: string;
};

/** The codes of a notice, as its text shows them. */
type Notice = { reference: string | null; stopCode?: string; undoCode?: string; statusCode?: string };
type Content = { to: string; text: string; code: string | null; link: string | null; greeting: string | null; notice?: Notice | undefined };
type Row = {
  id: string;
  toHash: Buffer;
  channel: Channel;
  sealed: string;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  at: Date;
};
type Put = {
  id: string;
  channel: Channel;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  receiptInSeconds: number | null;
  /** A real provider carries the message too, so its state is that of the attempt. */
  copied?: boolean;
  content: Content;
};

const place = (id: string, toHash: Buffer) => ({ table: "demo_messages", column: "sealed", row: id, owner: toHash.toString("hex") });

/** Returns the keyed name by which an arrival is announced; it does not reveal the address. */
export const demoAddress = (to: string): string => keyedHash("index", "demo", to).toString("base64url");

/** Puts a message into the demo inbox; the id (our attempt's) makes a repeated hand-over one message. */
export async function putDemoMessage({ id, channel, status, reason, receiptInSeconds, copied = false, content }: Put): Promise<void> {
  const toHash = keyedHash("index", "demo", content.to);
  await sql`
    WITH stored AS (
      INSERT INTO demo_messages (id, to_hash, channel, sealed, status, reason, receipt_at, copied)
      VALUES (${id}::uuid, ${toHash}, ${channel}::channel, ${seal(JSON.stringify(content), place(id, toHash))},
              ${status}::delivery_status, ${reason}, app_now() + make_interval(secs => ${receiptInSeconds}::int), ${copied}::boolean)
      ON CONFLICT DO NOTHING)
    SELECT pg_notify('demo_message', ${demoAddress(content.to)})`;
  if (receiptInSeconds !== null)
    await sql`SELECT graphile_worker.add_job('demo_receipts', run_at => now() + make_interval(secs => ${receiptInSeconds}::int))`;
}

function open(row: Row): DemoMessage {
  const { notice, ...content } = JSON.parse(unseal(row.sealed, place(row.id, row.toHash))) as Content;
  const channel = row.channel.toLowerCase() as DemoMessage["channel"];
  const codes = { reference: null, stopCode: null, undoCode: null, statusCode: null, ...notice };
  return { id: row.id, channel, ...content, ...codes, status: row.status, reason: row.reason, at: row.at.toISOString() };
}

/** The messages of one address or number (all when null) after a moment (ISO 8601 has milliseconds, the row more), newest first, at most 100. */
export async function demoMessages(to: string | null, after: Date | null): Promise<DemoMessage[]> {
  const since = after ?? new Date(0);
  // Two statements, because a plan that serves both would read the whole table for one address.
  const rows =
    to === null
      ? await sql<Row>`
          SELECT d.id, d.to_hash, d.channel, d.sealed, d.at,
            CASE WHEN d.copied THEN coalesce(a.status, d.status) ELSE d.status END AS status, CASE WHEN d.copied THEN a.reason ELSE d.reason END AS reason
          FROM demo_messages d LEFT JOIN LATERAL (SELECT status, reason FROM delivery_attempts WHERE d.copied AND id = d.id LIMIT 1) a ON true
          WHERE date_trunc('milliseconds', d.at) > ${since}::timestamptz ORDER BY d.at DESC, d.id LIMIT 100`
      : await sql<Row>`
          SELECT d.id, d.to_hash, d.channel, d.sealed, d.at,
            CASE WHEN d.copied THEN coalesce(a.status, d.status) ELSE d.status END AS status, CASE WHEN d.copied THEN a.reason ELSE d.reason END AS reason
          FROM demo_messages d LEFT JOIN LATERAL (SELECT status, reason FROM delivery_attempts WHERE d.copied AND id = d.id LIMIT 1) a ON true
          WHERE d.to_hash = ANY(${keyedHashes("index", "demo", to)}::bytea[]) AND date_trunc('milliseconds', d.at) > ${since}::timestamptz
          ORDER BY d.at DESC, d.id LIMIT 100`;
  return rows.map(open);
}

/** Marks the messages whose receipt is due on the product's clock as delivered and returns their ids. */
export async function takeDueReceipts(): Promise<string[]> {
  const due = await sql<{ id: string }>`
    UPDATE demo_messages SET receipt_at = NULL, status = 'delivered' WHERE receipt_at <= app_now() RETURNING id`;
  return due.map((row) => row.id);
}

/** Deletes the demo phone's messages to these addresses and numbers. */
export async function forgetDemoMessages(tx: Sql, addresses: readonly string[]): Promise<void> {
  const hashes = addresses.flatMap((to) => keyedHashes("index", "demo", to));
  await tx`DELETE FROM demo_messages WHERE to_hash = ANY(${hashes}::bytea[])`;
}
