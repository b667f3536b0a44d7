/** Pure: the days that the page of usage is about, from its address. */

/** Days of Japan, the first and the last one. */
export type Period = { from: string; to: string };

/** The most days at once, so that a page reads a bounded number of rows. */
export const MOST_DAYS = 400;

const DAY_MS = 86_400_000;

/** A day that the calendar has; null for anything else. */
export function dayOf(text: unknown): string | null {
  if (typeof text !== "string" || !/^20\d\d-\d\d-\d\d$/.test(text.trim())) return null;
  const time = Date.parse(`${text.trim()}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.trim() ? null : text.trim();
}

/** A day so many days after another. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Every day of a period, the first one first. */
export function daysOf({ from, to }: Period): string[] {
  const count = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => dayAfter(from, index));
}

/** Reads a period: this month until today where nothing else is asked; days in the wrong order are put in order, and a long period keeps its end. */
export function periodOf(query: Record<string, string | string[] | undefined>, today: string): Period {
  const to = dayOf(query.to) ?? today;
  const from = dayOf(query.from) ?? (dayOf(query.to) ? `${to.slice(0, 7)}-01` : `${today.slice(0, 7)}-01`);
  const [first, last] = from <= to ? [from, to] : [to, from];
  const earliest = dayAfter(last, 1 - MOST_DAYS);
  return { from: first < earliest ? earliest : first, to: last };
}
