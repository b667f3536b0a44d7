import { record } from "#lib/audit/record";
import type { AuditFilter } from "#lib/console/audit-filter";
import { type AuditLine, readAudit } from "#lib/console/audit-log";
import type { Refused } from "#lib/errors";
import type { Requester } from "#lib/requester";
import { ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** The audit log as a file of comma-separated values (RFC 4180), page by page. */

const columns = ["id", "at", "event", "author", "account", "subject", "about", "reason", "times", "ip", "user_agent"] as const;

/** Lines that one statement reads. */
const PAGE = 1000;

/**
 * Pure: one value. A value that a spreadsheet would take for a formula begins with an apostrophe (OWASP "CSV Injection"): the user agent is chosen by
 * strangers. So does what follows a semicolon or a tab, at which spreadsheets of other languages end a cell.
 */
export function cell(value: string | number | null): string {
  const text = String(value ?? "");
  const begun = /^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text;
  const safe = begun.replace(/([;\t\r\n])(?=[=+\-@＝＋－＠])/gu, "$1'");
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const rowOf = ({ id, at, event, author, account, subject, about, reason, times, ip, userAgent }: AuditLine): string =>
  [id, at, event, author?.name ?? null, account?.email ?? null, account?.id ?? subject, about, reason, times, ip, userAgent]
    .map(cell)
    .join(",");

async function* pages(filter: AuditFilter): AsyncGenerator<string> {
  // The mark at the beginning says UTF-8 to spreadsheets, which read the encoding of the system otherwise.
  yield `\uFEFF${columns.join(",")}\r\n`;
  for (let before = filter.before; ; ) {
    const { lines, older } = await readAudit(before ? { ...filter, before } : filter, PAGE);
    if (lines.length > 0) yield `${lines.map(rowOf).join("\r\n")}\r\n`;
    if (!older) return;
    before = older;
  }
}

/** What the file is of, for the audit log: the filters, none of which is a secret but an address, which is left out. */
const scopeOf = ({ act, from, to, ip, actor, target }: AuditFilter): string =>
  [act && `act=${act}`, from && `from=${from}`, to && `to=${to}`, ip && `ip=${ip}`, actor && "actor", target && "target"]
    .filter(Boolean)
    .join(" ") || "everything";

/** Exports the log as a member of staff; the export is an event of the log before its first line. Refusals: those of `requireStaff`. */
export async function exportAudit(
  acting: Acting,
  filter: AuditFilter,
  requester: Requester,
): Promise<Result<ReadableStream<Uint8Array>, Refused>> {
  const noted = await actAsStaff(acting, { act: "audit.export" }, async (tx, { by }) => {
    await record(tx, { event: "audit.exported", method: `${scopeOf(filter)} ${by}`, ...requester });
    return ok(null);
  });
  return noted.ok ? ok(streamOf(pages(filter))) : noted;
}

/** A stream that reads the next page when the last one was taken, so that a slow reader holds one page in memory. */
export function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await texts.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await texts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
