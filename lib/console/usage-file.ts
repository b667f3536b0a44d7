import { record } from "#lib/audit/record";
import { cell, streamOf } from "#lib/console/audit-file";
import { type UsageRow, usageRows } from "#lib/console/usage";
import type { Period } from "#lib/console/usage-filter";
import type { Refused } from "#lib/errors";
import type { Requester } from "#lib/requester";
import { ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** Usage as a file of comma-separated values (RFC 4180); e-mail is not counted. */

const columns = ["day", "channel", "provider", "country", "carrier", "purpose", "result", "count", "segments", "cost_yen"] as const;

/** Rows that one statement reads. */
const PAGE = 1000;

/** A cost is left empty where a price is missing: a sum without it would be too low. */
const lineOf = ({ day, channel, provider, country, carrier, purpose, result, count, segments, yen, unpriced }: UsageRow): string =>
  [
    day,
    channel.toLowerCase(),
    provider,
    country,
    carrier,
    purpose,
    result,
    count,
    segments,
    unpriced > 0 ? null : Math.round(yen * 10_000) / 10_000,
  ]
    .map(cell)
    .join(",");

async function* pages(period: Period): AsyncGenerator<string> {
  yield `\uFEFF${columns.join(",")}\r\n`;
  for (let after: UsageRow | null = null; ; ) {
    const rows: UsageRow[] = await usageRows(period, after, PAGE);
    if (rows.length > 0) yield rows.map((row) => `${lineOf(row)}\r\n`).join("");
    if (rows.length < PAGE) return;
    after = rows.at(-1) ?? null;
  }
}

/** Exports the usage of a period as a member of staff. Refusals: those of `requireStaff`. */
export async function exportUsage(
  acting: Acting,
  period: Period,
  requester: Requester,
): Promise<Result<ReadableStream<Uint8Array>, Refused>> {
  const noted = await actAsStaff(acting, { act: "usage.export" }, async (tx, { by }) => {
    await record(tx, { event: "usage.exported", method: `from=${period.from} to=${period.to} ${by}`, ...requester });
    return ok(null);
  });
  return noted.ok ? ok(streamOf(pages(period))) : noted;
}
