import { fill } from "#lib/words/fill";

/** Pure: a length of time in words: hours and minutes below three days, days and hours beyond. */
export function spanWords(milliseconds: number, words: { hours: string; days: string }): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const hours = Math.floor(minutes / 60);
  return hours < 72
    ? fill(words.hours, { hours, minutes: minutes % 60 })
    : fill(words.days, { days: Math.floor(hours / 24), hours: hours % 24 });
}
