import { record } from "#lib/audit/record";
import { cell } from "#lib/console/audit-file";
import { dayAfter } from "#lib/console/usage-filter";
import { type Compared, type Difference, readInvoice, reconcile, type Sent } from "#lib/costs/reconcile";
import { sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** A provider's invoice against our own hand-overs. The file is read, compared and forgotten. */

/** The most bytes of an invoice. */
export const INVOICE_BYTES = 1024 * 1024;

/** The most days of an invoice: messages are kept for 90 days after their month. */
const MOST_DAYS = 93;

/** Decodes a file of a spreadsheet: UTF-8, or Shift_JIS where it is none. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("shift_jis").decode(bytes);
  }
}

/** The messages of the differences as a file (RFC 4180), for a letter to the provider. */
export const differencesFile = (differences: readonly Difference[]): string =>
  [["day", "reason", "message_id"], ...differences.flatMap(({ day, reason, ids }) => ids.map((id) => [day, reason, id]))]
    .map((line) => `${line.map(cell).join(",")}\r\n`)
    .join("");

/** What one provider account took on some days, with what it should cost by its own rate or its price at that time. */
const sentOf = (provider: string, from: string, to: string): Promise<Sent[]> => sql<Sent>`
  SELECT (a.started_at AT TIME ZONE 'Asia/Tokyo')::date::text AS day, a.provider_ref AS id, coalesce(a.segments, 1) AS segments,
    (CASE WHEN r.provider IS NULL THEN a.price ELSE r.price * c.yen END * coalesce(a.segments, 1))::float8 AS yen
  FROM delivery_attempts a JOIN messages m ON m.id = a.message_id AND m.created_at = a.message_at
    LEFT JOIN LATERAL (SELECT * FROM usage_rates x WHERE x.provider = a.provider AND x.channel = m.channel AND x.country IN ('*', m.country)
      AND x.begins <= (a.started_at AT TIME ZONE 'Asia/Tokyo')::date ORDER BY x.country = '*', x.begins DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT CASE WHEN r.currency = 'JPY' THEN 1 ELSE (SELECT y.yen FROM currency_rates y WHERE y.currency = r.currency
      AND y.begins <= (a.started_at AT TIME ZONE 'Asia/Tokyo')::date ORDER BY y.begins DESC LIMIT 1) END AS yen) c ON true
  WHERE a.provider = ${provider} AND a.provider_ref IS NOT NULL AND a.status <> 'failed' AND m.channel <> 'EMAIL'
    AND a.started_at >= ${from}::date::timestamp AT TIME ZONE 'Asia/Tokyo' AND a.started_at < (${to}::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'`;

/**
 * Compares an invoice with what its provider account took on the days of the invoice. A message of the day before or after that the invoice names is
 * ours as well: providers count days by other clocks. Refusals: those of `requireStaff`.
 */
export async function compareInvoice(
  acting: Acting,
  { provider, text }: { provider: string; text: string },
): Promise<Result<Compared, Refused>> {
  const read = readInvoice(text);
  const days = "charged" in read ? read.charged.map(({ day }) => day).sort() : [];
  const [from, to] = [days[0] ?? "", days.at(-1) ?? ""];
  return actAsStaff(acting, { act: "usage.reconcile" }, async (tx, { by }) => {
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(provider)) return fail({ code: "invalid_input", fields: { provider: "invalid_input" } });
    if (!("charged" in read)) return ok<Compared>(read);
    if (read.charged.length === 0) return ok<Compared>({ problem: "lines", lines: [2] });
    if (dayAfter(from, MOST_DAYS) <= to) return ok<Compared>({ problem: "days", lines: [] });
    const named = new Set(read.charged.map(({ id }) => id));
    const near = await sentOf(provider, dayAfter(from, -1), dayAfter(to, 1));
    const own = near.filter(({ day, id }) => named.has(id) || (day >= from && day <= to));
    await record(tx, { event: "usage.reconciled", method: `${provider} from=${from} to=${to} ${by}`, ip: "", userAgent: "" });
    return ok<Compared>({ lines: read.charged.length, differences: reconcile(read.charged, own) });
  });
}
