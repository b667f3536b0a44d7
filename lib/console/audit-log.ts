import { type AuditFilter, authorIn, isRowId, timesOf } from "#lib/console/audit-filter";
import { type Condition, lastLookedAt, lookThrough, when, withConditions } from "#lib/console/conditions";
import type { Place } from "#lib/console/message-filter";
import { staffName } from "#lib/console/staff-name";
import { sql } from "#lib/db/sql";
import { maskEmail } from "#lib/words/mask-email";

/** The audit log as staff read it, by pages, without a count of everything. Times are ISO 8601. */

/** The author of an event: staff by their address, a command by its name, or null where the account itself or a stranger caused it. */
type Author = { name: string; account: string | null } | null;

export type AuditLine = {
  id: string;
  at: string;
  event: string;
  author: Author;
  /** Why, in the words of the author, or the limit that refused. */
  reason: string | null;
  /** What the event was about besides the account: the method, the setting, the scope. */
  about: string | null;
  account: { id: string; email: string } | null;
  /** The pseudonym of an account that is gone. */
  subject: string | null;
  ip: string | null;
  userAgent: string | null;
  times: number;
  /** Where the event has its place. */
  case: string | null;
  message: string | null;
};

type Row = Omit<AuditLine, "author" | "reason" | "about" | "account"> & {
  method: string | null;
  refusal: string | null;
  accountId: string | null;
  email: string | null;
  authorId: string | null;
  authorEmail: string | null;
  authorRoles: string[] | null;
};

/** How many lines a page has, and how many rows are looked through for it. */
const PAGE = 50;
const LOOKED_THROUGH = 10_000;

/** The events of one account stand in the order in which they were written, which is that of their index; all others in the order of time. */
const orders = { account: "id DESC", all: "at DESC, id DESC" };

const looking = (account: boolean, page: number) => ({
  table: "audit_events" as const,
  order: account ? orders.account : orders.all,
  most: LOOKED_THROUGH,
  page,
});

const ROW = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/**
 * SQL of a page. A message belongs to the event whose transaction queued it, by the moment of that, which stays when the challenge is deleted; a case by
 * the time in which it was open.
 */
const LIST = (account: boolean, page: number) => `
  SELECT e.id::text AS id, to_json(e.at)#>>'{}' AS at, e.event, e.method, e.reason AS refusal, e.subject, e.ip, e.user_agent, e.times,
    u.id AS account_id, u.email, s.id AS author_id, s.email AS author_email, s.roles AS author_roles,
    CASE WHEN e.event LIKE 'case.%' THEN (SELECT k.reference FROM recovery_cases k
      WHERE k.user_id = u.id AND k.requested_at <= e.at AND (k.ended_at IS NULL OR k.ended_at >= e.at) ORDER BY k.requested_at DESC LIMIT 1) END AS case,
    CASE WHEN e.event = 'message.resent' THEN substring(e.method FROM '^message:(${ROW}) ')
      ELSE (SELECT m.id::text FROM messages m WHERE m.user_id = u.id AND m.created_at = e.at LIMIT 1) END AS message
  FROM (${lookThrough(looking(account, page))}) e
    LEFT JOIN users u ON u.audit_subject = e.subject
    LEFT JOIN users s ON s.audit_subject = substring(e.method FROM '(?:^| )staff:(${ROW})')::uuid
  ORDER BY ${account ? "e.id DESC" : "e.at DESC, e.id DESC"}`;

/** An account is found by its id, its pseudonym or its address; `gone` where it is none of them. */
async function subjectOf(target: string): Promise<string | "gone"> {
  const [user] = isRowId(target)
    ? await sql<{ subject: string }>`SELECT audit_subject AS subject FROM users WHERE id = ${target}::uuid`
    : await sql<{ subject: string }>`SELECT audit_subject AS subject FROM users WHERE email = ${target.toLowerCase()}`;
  // The pseudonym of a deleted account still names what it did.
  return user?.subject ?? (isRowId(target) ? target : "gone");
}

async function authorOf(actor: string): Promise<string | "gone"> {
  const named = authorIn(actor);
  if (named) return named;
  const subject = await subjectOf(actor);
  return subject === "gone" ? "gone" : `staff:${subject}`;
}

type Conditions = { driving: Condition[]; filters: Condition[]; account: boolean };

/** The conditions of a filter: an index drives by one of them, the rarest first, with the times. Null where it names what does not exist. */
async function conditionsOf(filter: AuditFilter): Promise<Conditions | null> {
  const { actor, target, act, ip, before } = filter;
  const subject = target ? await subjectOf(target) : null;
  const author = actor ? await authorOf(actor) : null;
  if (subject === "gone" || author === "gone") return null;
  const { since, until } = timesOf(filter);
  const kind = act?.endsWith(".") ? [when("event ^@ $", act)] : [];
  const equal = [
    ...(subject ? [when("subject = $::uuid", subject)] : []),
    ...(author ? [when("audit_author(method) = $", author)] : []),
    ...(ip ? [when("ip = $", ip)] : []),
    ...(act && kind.length === 0 ? [when("event = $", act)] : []),
  ];
  const times = [...(since ? [when("at >= $::timestamptz", since)] : []), ...(until ? [when("at < $::timestamptz", until)] : [])];
  const after = subject
    ? (id: string) => when("id < $::bigint", id)
    : (id: string, at: string) => when("(at, id) < ($::timestamptz, $::bigint)", at, id);
  const place = before ? [after(before.id, before.at)] : [];
  // The index of one account has no time.
  return subject
    ? { driving: [...equal.slice(0, 1), ...place], filters: [...equal.slice(1), ...kind, ...times], account: true }
    : { driving: [...equal.slice(0, 1), ...times, ...place], filters: [...equal.slice(1), ...kind], account: false };
}

/** A page of the log; `older` is where it goes on, `through` says that the rows before that place hold nothing more of what is sought. */
export type AuditPage = { lines: AuditLine[]; older: Place | null; through: boolean };

/** Reads a page of the log, newest first. */
export async function readAudit(filter: AuditFilter, page = PAGE): Promise<AuditPage> {
  const conditions = await conditionsOf(filter);
  if (!conditions) return { lines: [], older: null, through: false };
  const { driving, filters, account } = conditions;
  const rows = await sql<Row>(...withConditions(LIST(account, page), { driving, filters }));
  const lines = rows.slice(0, page).map(lineOf);
  const last = lines.at(-1);
  if (rows.length > page && last) return { lines, older: { at: last.at, id: last.id }, through: false };
  const [end] = await sql<Place>(...withConditions(lastLookedAt({ ...looking(account, page), time: "at" }), { driving }));
  return { lines, older: end ?? null, through: end !== undefined };
}

/** Takes the author and the reason out of what an event was about: `WHAT staff:PSEUDONYM (REASON)`. */
function partsOf(method: string | null): { about: string | null; command: string | null; reason: string | null } {
  const match = /^(?:(.*?) )??(staff:[0-9a-f-]{36}|cli:\S+)(?: \((.*)\))?$/su.exec(method ?? "");
  if (!match) return { about: method, command: null, reason: null };
  const [, about = null, by = "", reason = null] = match;
  return { about: about?.startsWith("message:") ? null : about, command: by.startsWith("cli:") ? by : null, reason };
}

function lineOf({ method, refusal, accountId, email, authorId, authorEmail, authorRoles, ...line }: Row): AuditLine {
  const { about, command, reason } = partsOf(method);
  const staff = /(?:^| )(staff:[0-9a-f-]{8})/.exec(method ?? "")?.[1];
  const name = authorEmail ? staffName({ email: authorEmail, roles: authorRoles ?? [] }) : (command ?? staff ?? null);
  return {
    ...line,
    author: name === null ? null : { name, account: authorId },
    reason: reason ?? refusal,
    about,
    account: accountId && email ? { id: accountId, email: maskEmail(email) } : null,
    subject: accountId ? null : line.subject,
  };
}
