import { parseReference } from "#lib/crypto/codes";

/** Pure: the filters of the log of messages, from its address and back. What cannot be read is no filter. */

/** What became of a message, in the groups that staff look for. */
export const messageStates = ["open", "delivered", "stopped"] as const;
type MessageState = (typeof messageStates)[number];

/** The place after which a page goes on: the time and the id of the last line before it. */
export type Place = { at: string; id: string };

export type MessageFilter = {
  state?: MessageState;
  provider?: string;
  carrier?: string;
  country?: string;
  /** The template. */
  purpose?: string;
  /** Days in Japan, the first and the last one. */
  from?: string;
  to?: string;
  /** Two digits of a number, the reference of a notice, or the id of a message. */
  q?: string;
  account?: string;
  before?: Place;
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DAY = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00$/;

const patterns: Record<Exclude<keyof MessageFilter, "state" | "before" | "q">, RegExp> = {
  provider: /^[a-z0-9][a-z0-9-]{0,31}$/,
  carrier: /^[\p{L}\p{N} .&+-]{1,40}$/u,
  country: /^[A-Z]{2}$/,
  purpose: /^[a-z]{1,10}(?:\.[A-Za-z_]{1,40})?$/,
  from: DAY,
  to: DAY,
  account: UUID,
};

type Query = Record<string, string | string[] | undefined>;

/** Writes a place for an address. */
export const placeText = ({ at, id }: Place): string => `${at}_${id}`;

/** Reads a place; null for anything else. */
export function placeOf(text: unknown, isId: (id: string) => boolean = (id) => UUID.test(id)): Place | null {
  const [at = "", id = ""] = typeof text === "string" ? text.split("_") : [];
  return MOMENT.test(at) && isId(id) ? { at, id } : null;
}

/** Whether a text is an id of a row. */
export const isRowId = (text: string): boolean => UUID.test(text);

/** The beginning of a day in Japan, whose calendar staff write in. */
export const dayBegins = (day: string, plusDays = 0): Date => new Date(Date.parse(`${day}T00:00:00+09:00`) + plusDays * 86_400_000);

/** Reads the filters of an address. */
export function messageFilterOf(query: Query): MessageFilter {
  const read = Object.entries(patterns).flatMap(([name, pattern]) => {
    const value = query[name];
    return typeof value === "string" && pattern.test(value.trim()) ? [[name, value.trim()]] : [];
  });
  const state = messageStates.find((one) => one === query.state);
  const before = placeOf(query.before);
  const q = typeof query.q === "string" ? query.q.trim().slice(0, 64) : "";
  return { ...Object.fromEntries(read), ...(state ? { state } : {}), ...(q ? { q } : {}), ...(before ? { before } : {}) };
}

/** What a search names; `nothing` where it names none of the three. */
export function soughtBy(q: string): { digits: string } | { reference: string } | { id: string } | "nothing" {
  const digits = /^(?:末尾\s*|[•*]*)(\d{2})$/.exec(q.normalize("NFKC"))?.[1];
  if (digits) return { digits };
  if (isRowId(q)) return { id: q.toLowerCase() };
  const reference = parseReference(q);
  return reference ? { reference } : "nothing";
}

/** The address of the log with filters. */
export function messagesHref({ before, ...filter }: MessageFilter): string {
  const query = new URLSearchParams(Object.entries(filter).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  if (before) query.set("before", placeText(before));
  return query.size > 0 ? `/admin/messages?${query}` : "/admin/messages";
}
