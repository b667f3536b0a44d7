import { getFormatter, getMessages } from "next-intl/server";
import { MiniRoad } from "#components/console/mini-road";
import { RecordTable } from "#components/console/record-table";
import type { LogLine } from "#lib/console/messages";
import { secondWords } from "#lib/web/when";
import { fill } from "#lib/words/fill";
import { addresseeOf, carrierName, whyOf } from "./why";

/** The state of a message as the delivery line takes it. */
export const deliveryOf = ({ channel, status, reason }: LogLine) => ({ method: channel, status, reason: reason ?? undefined });

/** The lines of one page of the log, with a sum of what is shown. */
export async function LogTable({ lines }: { lines: LogLine[] }) {
  const words = await getMessages();
  const { consoleMessages: own } = words;
  const when = await secondWords();
  const format = await getFormatter();
  const yen = (value: number) => format.number(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const none = <span className="text-ink-2">{own.none}</span>;
  const why = (line: LogLine) => whyOf(line, words);
  return (
    <div className="mt-6">
      <RecordTable
        caption={summaryOf(lines, own, yen)}
        captioned
        rows={lines}
        keyOf={({ id }) => id}
        columns={[
          {
            key: "time",
            head: own.time,
            cell: ({ id, at }) => (
              <a href={`/admin/messages/${id}`}>
                <time dateTime={at}>{when(at)}</time>
              </a>
            ),
          },
          { key: "way", head: own.way, cell: (line) => <MiniRoad delivery={deliveryOf(line)} words={words.delivery} /> },
          { key: "to", head: own.addressee, cell: (line) => <bdi className="break-all">{addresseeOf(line, own)}</bdi> },
          { key: "purpose", head: own.purpose, cell: (line) => `${line.purpose ?? own.trial}` },
          { key: "why", head: own.why, cell: (line) => why(line) ?? none },
          { key: "provider", head: own.provider, cell: ({ providers }) => (providers.length > 0 ? providers.join(" → ") : none) },
          { key: "carrier", head: own.carrier, cell: ({ carrier }) => (carrier ? carrierName(carrier, words.consoleCarriers) : none) },
          {
            key: "seconds",
            head: own.seconds,
            figures: true,
            cell: ({ seconds }) => (seconds === null ? none : format.number(seconds, { maximumFractionDigits: 0 })),
          },
          { key: "segments", head: own.segments, figures: true, cell: ({ segments }) => segments ?? none },
          {
            key: "yen",
            head: own.yen,
            figures: true,
            cell: (line) => (line.yen === null ? none : line.yen === "unpriced" ? own.unpriced : yen(line.yen)),
          },
        ]}
      />
    </div>
  );
}

/** What the shown lines are in sum; nothing that is not shown is counted. */
function summaryOf(lines: LogLine[], words: { summary: string; summaryUnpriced: string }, yen: (value: number) => string): string {
  const of = (...states: LogLine["status"][]) => lines.filter(({ status }) => states.includes(status)).length;
  const missing = lines.filter((line) => line.yen === "unpriced").length;
  return fill(missing > 0 ? words.summaryUnpriced : words.summary, {
    count: lines.length,
    delivered: of("delivered"),
    undelivered: of("undelivered"),
    failed: of("failed"),
    open: of("queued", "sent"),
    yen: yen(lines.reduce((sum, line) => sum + (typeof line.yen === "number" ? line.yen : 0), 0)),
    missing,
  });
}
