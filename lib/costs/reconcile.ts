/** Pure: a provider's invoice against our own receipts, by day. */

/** One day and result: how many messages, segments and yen. */
export type Count = { day: string; result: string; messages: number; segments: number; yen: number };

/** A line of an invoice: a message that the provider charges. */
export type Charged = { day: string; id: string; segments: number; yen: number };

/** Why the two differ on a day; `ids` are those of the provider, the first `NAMED_IDS` of the messages. */
export type Difference = {
  day: string;
  reason: "not_ours" | "not_charged" | "segments" | "price" | "unpriced";
  messages: number;
  yen: number;
  ids: string[];
};

/** How many messages of one day and reason are named. */
export const NAMED_IDS = 100;

/** What came of an invoice: the differences of so many lines, or why nothing was compared. */
export type Compared = { lines: number; differences: Difference[] } | { problem: "columns" | "lines" | "days"; lines: number[] };

/** One of our own messages: the id by which the provider knows it, and what we expect it to cost; null yen where no price is known. */
export type Sent = { day: string; id: string; segments: number; yen: number | null };

/**
 * Compares an invoice with our own messages by the provider's ids. `yen` of a difference is what the invoice has more than we expect; a message that we
 * sent and that is not charged is negative, and one without a known price is expected to cost nothing and called so.
 */
export function reconcile(invoice: readonly Charged[], own: readonly Sent[]): Difference[] {
  const mine = new Map(own.map((one) => [one.id, one]));
  const charged = new Set(invoice.map(({ id }) => id));
  const found: Difference[] = [];
  for (const line of invoice) {
    const sent = mine.get(line.id);
    const more = line.yen - (sent?.yen ?? 0);
    const differs = (reason: Difference["reason"]) => found.push({ day: line.day, reason, messages: 1, yen: more, ids: [line.id] });
    if (!sent) differs("not_ours");
    else if (sent.segments !== line.segments) differs("segments");
    else if (sent.yen === null) differs("unpriced");
    else if (Math.abs(more) >= 0.005) differs("price");
  }
  for (const sent of own)
    if (!charged.has(sent.id)) found.push({ day: sent.day, reason: "not_charged", messages: 1, yen: 0 - (sent.yen ?? 0), ids: [sent.id] });
  const sums = new Map<string, Difference>();
  for (const { day, reason, messages, yen, ids } of found) {
    const key = `${day} ${reason}`;
    const sum = sums.get(key) ?? { day, reason, messages: 0, yen: 0, ids: [] };
    if (sum.ids.length < NAMED_IDS) sum.ids.push(...ids);
    sums.set(key, { ...sum, messages: sum.messages + messages, yen: Math.round((sum.yen + yen) * 100) / 100 });
  }
  return [...sums.values()].sort((a, b) => (a.day === b.day ? (a.reason < b.reason ? -1 : 1) : a.day < b.day ? -1 : 1));
}

/** The columns that an invoice must have, in any order, under one of these names. */
const NAMES = {
  day: ["day", "date", "sent_at", "送信日", "送信日時"],
  id: ["id", "message_id", "sid", "メッセージid", "受付id"],
  segments: ["segments", "charged_count_per_sent", "num_segments", "通数", "課金通数"],
  yen: ["yen", "price", "amount", "金額", "料金"],
} as const;

/** The cells of a line of CSV (RFC 4180). */
function cells(line: string): string[] {
  const found: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    found.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? "").trim());
  return found;
}

/** How many lines that cannot be read are named. */
const NAMED = 20;

/** Reads an invoice as CSV; `lines` are the first ones that cannot be read, from 1. */
export function readInvoice(text: string): { charged: Charged[] } | { problem: "columns" | "lines"; lines: number[] } {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const head = cells(lines[0] ?? "").map((name) => name.toLowerCase());
  const at = Object.fromEntries(
    Object.entries(NAMES).map(([key, names]) => [key, head.findIndex((name) => (names as readonly string[]).includes(name))]),
  ) as Record<keyof typeof NAMES, number>;
  if (Object.values(at).some((index) => index < 0)) return { problem: "columns", lines: [1] };
  const charged: Charged[] = [];
  const bad: number[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    const row = cells(line);
    const day = /^(\d{4})[-/](\d{2})[-/](\d{2})/.exec(row[at.day] ?? "");
    const [segments, yen] = [Number(row[at.segments]), Number((row[at.yen] ?? "").replace(/[¥,円]/g, ""))];
    const id = row[at.id] ?? "";
    if (!day || id === "" || !Number.isInteger(segments) || segments < 0 || !Number.isFinite(yen)) bad.push(index + 2);
    else charged.push({ day: `${day[1]}-${day[2]}-${day[3]}`, id, segments, yen });
  }
  return bad.length > 0 ? { problem: "lines", lines: bad.slice(0, NAMED) } : { charged };
}
