import { PAGE, type SentText, sentTexts } from "#lib/accounts/sent-texts";
import { authorOf } from "#lib/audit/author";
import { staffName } from "#lib/console/staff-name";
import { sql } from "#lib/db/sql";
import type { Locale } from "#lib/delivery/wording/texts";
import { maskEmail } from "#lib/words/mask-email";

/** Everything that happened to an account in one column: the events of its log and what was sent to it, newest first. */

export const timelineFilters = ["all", "sign_in", "sending", "changes", "cases"] as const;
export type TimelineFilter = (typeof timelineFilters)[number];

/** Which filter an event belongs to, by the first word of its name; what is in none of them is a change. */
const FAMILIES: Record<Exclude<TimelineFilter, "all" | "changes">, readonly string[]> = {
  sign_in: [
    ...[
      "sign_in",
      "sign_up",
      "session",
      "sessions",
      "challenge",
      "step_up",
      "reset",
      "recovery_code",
      "device",
      "everything",
      "confirmation",
    ],
  ],
  sending: ["send", "sending", "message"],
  cases: ["case"],
};

/** Pure: the filter of an event. */
export function familyOf(event: string): Exclude<TimelineFilter, "all"> {
  const first = event.split(".")[0] ?? "";
  const [family] = (["sign_in", "sending", "cases"] as const).filter((one) => FAMILIES[one].includes(first));
  return family ?? "changes";
}

/** One event; `author` is the member of staff (by address, while the account exists) or the command that caused it. */
export type TimelineEvent = {
  kind: "event";
  id: string;
  at: string;
  event: string;
  family: Exclude<TimelineFilter, "all">;
  method: string | null;
  about: string | null;
  author: { name: string | null; command: boolean; reason: string | null } | null;
  userAgent: string | null;
  times: number;
};

/** One message: two digits of its number, or its address masked. */
export type TimelineMessage = Omit<SentText, "address" | "digits"> & { kind: "message"; address: string | null; digits: string | null };

export type Moment = TimelineEvent | TimelineMessage;

/** Where a page ends: the last event and the last message that were shown. */
type Place = { event: string | null; message: string | null };

const PLACE = /^(\d{1,18})?_([0-9a-f-]{36})?$/;

/** Pure: the place of a query, or null. */
export function placeOf(text: string | undefined): Place | null {
  const found = PLACE.exec(text ?? "");
  return found ? { event: found[1] ?? null, message: found[2] ?? null } : null;
}

type EventRow = { id: string; at: Date; event: string; method: string | null; userAgent: string | null; times: number };

/** How many events of an account one page looks at: a stranger who floods its log must not keep staff from reading it. */
export const LOOKED_AT = 10_000;

/** The newest events that fit, of those that a page looks at. Codes that were sent are shown as messages while these are kept. */
const readEvents = (
  userId: string,
  before: string | null,
  families: readonly string[] | null,
  inside: boolean,
): Promise<EventRow[]> => sql<EventRow>`
  SELECT id::text AS id, at, event, method, user_agent, times FROM (
    SELECT * FROM audit_events WHERE subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid) AND id < coalesce(${before}::bigint, 9223372036854775807)
    ORDER BY id DESC LIMIT ${LOOKED_AT}::int) looked
  WHERE (event <> 'challenge.sent' OR at < app_now() - interval '90 days')
    AND (${families}::text[] IS NULL OR (split_part(event, '.', 1) = ANY(${families}::text[])) = ${inside}::boolean)
  ORDER BY looked.id DESC LIMIT ${PAGE + 1}::int`;

/** The last event that a page looked at where there may be more behind it; null where it looked at all. */
async function lookedUpTo(userId: string, before: string | null): Promise<string | null> {
  const [row] = await sql<{ id: string }>`
    SELECT id::text AS id FROM audit_events e
    WHERE subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid) AND id < coalesce(${before}::bigint, 9223372036854775807)
    ORDER BY e.id DESC OFFSET ${LOOKED_AT - 1}::int LIMIT 1`;
  return row?.id ?? null;
}

async function eventsOf(userId: string, before: string | null, filter: TimelineFilter): Promise<EventRow[]> {
  if (filter === "all") return readEvents(userId, before, null, true);
  if (filter === "changes") return readEvents(userId, before, Object.values(FAMILIES).flat(), false);
  return readEvents(userId, before, FAMILIES[filter], true);
}

/** The addresses of the staff who caused events, by pseudonym. */
async function namesOf(rows: readonly EventRow[]): Promise<Map<string, string>> {
  const subjects = rows.flatMap(({ method }) => {
    const author = authorOf(method);
    return author?.kind === "staff" && /^[0-9a-f-]{36}$/.test(author.id) ? [author.id] : [];
  });
  if (subjects.length === 0) return new Map();
  const found = await sql<{ subject: string; email: string; roles: string[] }>`
    SELECT audit_subject AS subject, email, roles FROM users WHERE audit_subject = ANY(${[...new Set(subjects)]}::uuid[])`;
  return new Map(found.map(({ subject, ...one }) => [subject, staffName(one)]));
}

function eventOf({ method, at, ...row }: EventRow, names: ReadonlyMap<string, string>): TimelineEvent {
  const author = authorOf(method);
  const command = author?.kind === "cli";
  return {
    kind: "event",
    ...row,
    at: at.toISOString(),
    family: familyOf(row.event),
    method: author ? null : method,
    about: author?.about ?? null,
    author: author && { name: command ? author.id : (names.get(author.id) ?? null), command, reason: author.reason },
  };
}

const messageOf = ({ address, digits, ...text }: SentText): TimelineMessage => ({
  kind: "message",
  ...text,
  address: address === null ? null : maskEmail(address),
  digits: digits?.slice(-2) ?? null,
});

/** Pure: both lists as one, newest first. Each keeps its own order, so that a page ends at one place in both. */
function inOrder(events: readonly TimelineEvent[], messages: readonly TimelineMessage[]): Moment[] {
  const all: Moment[] = [];
  let [left, right] = [0, 0];
  for (;;) {
    const [event, message] = [events[left], messages[right]];
    if (!event && !message) return all;
    if (event && (!message || event.at >= message.at)) {
      all.push(event);
      left += 1;
    } else if (message) {
      all.push(message);
      right += 1;
    }
  }
}

/** A page of the timeline of an account; `next` is the place to go on from, null at the end. */
export async function timelineOf(
  userId: string,
  { filter, before, locale }: { filter: TimelineFilter; before: Place | null; locale: Locale },
): Promise<{ moments: Moment[]; next: string | null }> {
  const withMessages = filter === "all" || filter === "sending";
  const [rows, sent] = await Promise.all([
    eventsOf(userId, before?.event ?? null, filter),
    withMessages ? sentTexts(userId, before?.message ?? null, locale) : { texts: [], next: null },
  ]);
  const names = await namesOf(rows);
  const all = inOrder(
    rows.map((row) => eventOf(row, names)),
    sent.texts.map(messageOf),
  );
  const moments = all.slice(0, PAGE);
  const last = (kind: Moment["kind"]) => moments.findLast((one) => one.kind === kind)?.id;
  // Every event that fits is shown, so that the next page goes on behind those that were looked at.
  const looked = all.length > PAGE || rows.length > PAGE ? null : await lookedUpTo(userId, before?.event ?? null);
  const more = all.length > PAGE || sent.next !== null || looked !== null;
  const next = `${looked ?? last("event") ?? before?.event ?? ""}_${last("message") ?? before?.message ?? ""}`;
  return { moments: grouped(moments), next: more ? next : null };
}

/** Pure: what was refused or wrong several times in a row is one line with its count, so that a flood does not hide the rest. */
function grouped(moments: readonly Moment[]): Moment[] {
  const lines: Moment[] = [];
  for (const one of moments) {
    const last = lines.at(-1);
    const again = last?.kind === "event" && one.kind === "event" && last.event === one.event && /wrong$|refused$/.test(one.event);
    if (again) lines[lines.length - 1] = { ...last, times: last.times + one.times };
    else lines.push(one);
  }
  return lines;
}
