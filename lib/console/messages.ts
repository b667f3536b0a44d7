import { type Condition, lastLookedAt, lookThrough, when, withConditions } from "#lib/console/conditions";
import { dayBegins, type MessageFilter, type Place, soughtBy } from "#lib/console/message-filter";
import type { Channel, DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { noticeTitle } from "#lib/delivery/wording/notice-title";
import { noticeTemplates } from "#lib/delivery/wording/notices";
import { isCode, type Locale } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { codeTemplates, codeWords } from "#lib/purposes/messages";
import { maskEmail } from "#lib/words/mask-email";

/** The log of messages as staff read it: masked, by pages, without a count of everything. Times are ISO 8601. */

/** What one line shows; of a number two digits, of an address two letters and the domain. */
export type LogLine = {
  id: string;
  at: string;
  channel: "sms" | "voice" | "email";
  digits: string | null;
  address: string | null;
  country: string | null;
  purpose: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  /** Until when a limit holds it back. */
  held: boolean;
  /** Hand-overs, the first one first. */
  providers: string[];
  carrier: string | null;
  /** Seconds from the queue to the receipt that decided it. */
  seconds: number | null;
  /** Seconds for which it waits. */
  waiting: number | null;
  segments: number | null;
  /** Yen at the operator's own price; null where no provider took it, `unpriced` where one without a price did. */
  yen: number | "unpriced" | null;
};

export type LogAttempt = {
  id: string;
  provider: string;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  code: string | null;
  ref: string | null;
  carrier: string | null;
  segments: number | null;
  price: number | null;
  startedAt: string;
  statusAt: string;
  ended: boolean;
};

export type LogRow = {
  id: string;
  at: string;
  template: string;
  channel: Channel;
  digits: string | null;
  address: string | null;
  country: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  held: boolean;
  age: number;
  waited: number;
  attempts: LogAttempt[];
};

/** How many lines a page has, and how many rows are looked through for it; fewer where each needs a look at its attempts. */
const PAGE = 50;
const LOOKED_THROUGH = 8_000;
const WITH_ATTEMPTS = 2_000;

/** SQL of what a line needs of the row `m`; `u` is its account, `c` its challenge. */
export const LINE = `m.id, to_json(m.created_at)#>>'{}' AS at, m.template, m.channel, m.digits, m.country, m.status, m.reason, m.until IS NOT NULL AS held,
  CASE WHEN m.channel = 'EMAIL' THEN coalesce(m.recipient, c.email, u.email) END AS address,
  extract(epoch FROM m.status_at - m.created_at)::float8 AS age, extract(epoch FROM app_now() - m.status_at)::float8 AS waited,
  coalesce((SELECT json_agg(json_build_object('id', d.id, 'provider', d.provider, 'status', d.status, 'reason', d.reason, 'code', d.provider_code, 'ref', d.provider_ref,
      'carrier', d.carrier, 'segments', d.segments, 'price', d.price::float8, 'startedAt', d.started_at, 'statusAt', d.status_at, 'ended', d.ended_at IS NOT NULL)
      ORDER BY d.started_at)
    FROM (SELECT * FROM delivery_attempts WHERE message_id = m.id AND message_at = m.created_at LIMIT 10) d), '[]') AS attempts`;

const looking = (most: number) => ({ table: "messages" as const, order: "created_at DESC, id DESC", most, page: PAGE });

const LIST = (most: number) => `
  SELECT ${LINE} FROM (${lookThrough(looking(most))}) m LEFT JOIN users u ON u.id = m.user_id LEFT JOIN challenges c ON c.id = m.challenge_id
  ORDER BY m.created_at DESC, m.id DESC`;

const states = { open: "status IN ('queued', 'sent')", delivered: "status = 'delivered'", stopped: "status IN ('undelivered', 'failed')" };

/** What an index finds in the order of time: one of the filters, the rarest first, with the times. */
function driving({ account, country, purpose, from, to, before }: MessageFilter, digits: string | null): [Condition[], Condition[]] {
  const home = env().ALLOWED_COUNTRIES.split(",")[0];
  const equal = [
    ...(account ? [when("user_id = $::uuid", account)] : []),
    ...(digits ? [when("digits = $", digits)] : []),
    ...(country && country !== home ? [when("country = $", country)] : []),
    ...(purpose ? [when("template = $", purpose)] : []),
    ...(country && country === home ? [when("country = $", country)] : []),
  ];
  const times = [
    ...(from ? [when("created_at >= $::timestamptz", dayBegins(from))] : []),
    ...(to ? [when("created_at < $::timestamptz", dayBegins(to, 1))] : []),
    ...(before ? [when("(created_at, id) < ($::timestamptz, $::uuid)", before.at, before.id)] : []),
  ];
  return [[...equal.slice(0, 1), ...times], equal.slice(1)];
}

/** What each row that is looked through is asked; a row that no provider was to get is none of the log. */
function filters({ state, provider, carrier }: MessageFilter): Condition[] {
  const attempt = (text: string, value: string) =>
    when(`EXISTS (SELECT FROM delivery_attempts d WHERE d.message_id = s.id AND d.message_at = s.created_at AND ${text})`, value);
  return [
    when("NOT (tries = 0 AND status IN ('sent', 'delivered'))"),
    ...(state ? [when(states[state])] : []),
    ...(provider ? [attempt("d.provider = $", provider)] : []),
    ...(carrier ? [attempt("lower(d.carrier) = lower($)", carrier)] : []),
  ];
}

/** A page of the log; `older` is where it goes on, `through` says that the rows before that place hold nothing more of what is sought. */
export type LogPage = { lines: LogLine[]; older: Place | null; through: boolean };

/** Reads a page of the log, newest first. */
export async function readMessages(filter: MessageFilter, locale: Locale): Promise<LogPage> {
  const sought = filter.q ? soughtBy(filter.q) : null;
  if (sought === "nothing") return { lines: [], older: null, through: false };
  if (sought && !("digits" in sought)) return { lines: await named(sought, locale), older: null, through: false };
  const most = filter.provider || filter.carrier ? WITH_ATTEMPTS : LOOKED_THROUGH;
  const [drive, rest] = driving(filter, sought?.digits ?? null);
  const rows = await sql<LogRow>(...withConditions(LIST(most), { driving: drive, filters: [...rest, ...filters(filter)] }));
  const lines = rows.slice(0, PAGE).map((row) => lineOf(row, locale));
  const last = rows[PAGE - 1];
  if (rows.length > PAGE && last) return { lines, older: { at: last.at, id: last.id }, through: false };
  const [end] = await sql<Place>(...withConditions(lastLookedAt({ ...looking(most), time: "created_at" }), { driving: drive }));
  return { lines, older: end ?? null, through: end !== undefined };
}

/** The messages of a reference, or the message of an id. */
async function named(sought: { reference: string } | { id: string }, locale: Locale): Promise<LogLine[]> {
  const ids =
    "id" in sought
      ? [sought.id]
      : (await sql<{ id: string }>`SELECT DISTINCT message_id AS id FROM notice_codes WHERE reference = ${sought.reference} LIMIT 50`).map(
          ({ id }) => id,
        );
  const rows = await sql<LogRow>(
    ...withConditions(
      `SELECT ${LINE} FROM (SELECT * FROM messages WHERE {driving} LIMIT ${PAGE}) m
        LEFT JOIN users u ON u.id = m.user_id LEFT JOIN challenges c ON c.id = m.challenge_id ORDER BY m.created_at DESC, m.id DESC`,
      { driving: [when("id = ANY(($::uuid[]))", ids)] },
    ),
  );
  return rows.map((row) => lineOf(row, locale));
}

/** How many messages there are, as the statistics of the tables estimate it: nothing is counted. */
export async function estimateMessages(): Promise<number> {
  const [row] = await sql<{ n: number }>`
    SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::float8 AS n FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'messages'::regclass`;
  return row?.n ?? 0;
}

/** What the filters can be set to. */
export async function messageChoices(locale: Locale) {
  const accounts = await sql<{ name: string }>`SELECT name FROM provider_accounts ORDER BY name LIMIT 100`;
  const purposes = [...codeTemplates, ...noticeTemplates].map((template) => ({
    value: template,
    label: purposeOf(template, locale) ?? template,
  }));
  return {
    providers: [...accounts.map(({ name }) => name), env().demo ? "demo-mail" : "smtp"],
    countries: env().ALLOWED_COUNTRIES.split(","),
    purposes,
  };
}

/** What a message was for, in words; null for a text of a trial. */
export const purposeOf = (template: string, locale: Locale): string | null =>
  isCode(template) ? (codeWords[template]?.[locale] ?? null) : noticeTitle(template, new Date(0), locale);

const decided: readonly DeliveryStatus[] = ["delivered", "undelivered"];

/** What the operator pays for the hand-overs that a provider took; null where there were none. */
export function yenOf(channel: Channel, attempts: readonly LogAttempt[]): LogLine["yen"] {
  const taken = channel === "EMAIL" ? [] : attempts.filter(({ status }) => status !== "failed");
  if (taken.length === 0) return null;
  if (taken.some(({ price }) => price === null)) return "unpriced";
  return taken.reduce((sum, { price, segments }) => sum + (price ?? 0) * (segments ?? 1), 0);
}

/** A row as its line. */
export function lineOf(row: LogRow, locale: Locale): LogLine {
  const { id, at, channel, digits, country, status, reason, held, attempts } = row;
  return {
    ...{ id, at, digits, country, status, reason, held },
    channel: channel.toLowerCase() as LogLine["channel"],
    address: row.address === null ? null : maskEmail(row.address),
    purpose: purposeOf(row.template, locale),
    providers: attempts.map(({ provider }) => provider),
    carrier: attempts.findLast(({ carrier }) => carrier !== null)?.carrier ?? null,
    seconds: decided.includes(status) ? row.age : null,
    waiting: status === "queued" || status === "sent" ? row.waited : null,
    segments: attempts.findLast(({ segments }) => segments !== null)?.segments ?? null,
    yen: yenOf(channel, attempts),
  };
}
