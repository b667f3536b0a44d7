import { getMessages, getTranslations } from "next-intl/server";
import { deviceName } from "#components/account/device";
import { RecordTable } from "#components/console/record-table";
import { type AuditFilter, auditHref } from "#lib/console/audit-filter";
import type { AuditLine } from "#lib/console/audit-log";
import { secondWords } from "#lib/web/when";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

/** What an event says of itself in words; its own name where there are none. */
export function eventName(event: string, names: Words["events"]): string {
  const key = event.replaceAll(".", "_");
  return Object.hasOwn(names, key) ? names[key as keyof typeof names] : event;
}

/** What a search was for and how much it found, as `searchAccounts` notes it: the kinds that were tried and a number. */
function searchedFor(reason: string, words: Words["consoleAudit"]): string {
  const [, kinds = "", count = ""] = /^(.*): (\d+)$/.exec(reason) ?? [];
  const named = kinds.split(" ").map((kind) => (`searched_${kind}` in words ? words[`searched_${kind}` as "searched_email"] : kind));
  return fill(words.searched, { kinds: named.join(words.searchedAnd), count });
}

/** What an event was about, in words where there are words. */
function aboutOf(
  { event, about, reason }: AuditLine,
  { eventMethods, consoleAudit }: Pick<Words, "eventMethods" | "consoleAudit">,
): string | null {
  if (event === "account.searched" && reason) return searchedFor(reason, consoleAudit);
  const last = about?.split(" ").at(-1) ?? "";
  const method = Object.hasOwn(eventMethods, last) ? eventMethods[last as keyof typeof eventMethods] : about;
  return [method, reason].filter(Boolean).join(" – ") || null;
}

/** The events of one page of the log; each part of a row leads to its place, or narrows the log to what is like it. */
export async function AuditTable({ lines, filter }: { lines: AuditLine[]; filter: AuditFilter }) {
  const words = await getMessages();
  const t = await getTranslations("consoleAudit");
  const when = await secondWords();
  const { before, ...kept } = filter;
  return (
    <RecordTable
      caption={t("caption")}
      rows={lines}
      keyOf={({ id }) => id}
      columns={[
        { key: "time", head: t("time"), cell: ({ at }) => <time dateTime={at}>{when(at)}</time> },
        {
          key: "event",
          head: t("event"),
          cell: ({ event, times }) => (
            <>
              <a href={auditHref({ ...kept, act: event })}>{eventName(event, words.events)}</a>
              {times > 1 ? ` ${t("times", { count: times })}` : null}
            </>
          ),
        },
        { key: "actor", head: t("actor"), cell: (line) => <AuthorCell line={line} self={t("self")} /> },
        {
          key: "account",
          head: t("account"),
          cell: ({ account, subject }) =>
            account ? (
              <a className="break-all" href={`/admin/users/${account.id}`}>
                {account.email}
              </a>
            ) : subject ? (
              <a href={auditHref({ ...kept, target: subject })}>{t("deleted", { subject: subject.slice(0, 8) })}</a>
            ) : null,
        },
        { key: "detail", head: t("detail"), cell: (line) => <bdi className="break-words">{aboutOf(line, words)}</bdi> },
        {
          key: "ip",
          head: t("ip"),
          cell: ({ ip, userAgent }) => (
            <>
              {ip ? (
                <a className="break-all" href={auditHref({ ...kept, ip })}>
                  {ip}
                </a>
              ) : null}
              {userAgent ? <span className="block text-sm text-ink-2">{deviceName(userAgent, words.account)}</span> : null}
            </>
          ),
        },
        { key: "place", head: t("place"), cell: (line) => <Place line={line} words={words.consoleAudit} /> },
      ]}
    />
  );
}

const AuthorCell = ({ line: { author }, self }: { line: AuditLine; self: string }) => {
  if (author === null) return <span className="text-ink-2">{self}</span>;
  return author.account ? (
    <a className="break-all" href={`/admin/users/${author.account}`}>
      {author.name}
    </a>
  ) : (
    <span className="break-all">{author.name}</span>
  );
};

/** The case or the message that an event is about. */
const Place = ({ line, words }: { line: AuditLine; words: Words["consoleAudit"] }) =>
  line.case ? (
    <a href={`/admin/cases/${line.case}`}>{fill(words.toCase, { reference: line.case })}</a>
  ) : line.message ? (
    <a href={`/admin/messages/${line.message}`}>{words.toMessage}</a>
  ) : null;
