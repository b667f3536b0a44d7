import { getFormatter } from "next-intl/server";

/** Returns a formatter of times (ISO 8601) for the account pages: day, hour and minute, in the language of the request. */
export async function whenWords(): Promise<(iso: string) => string> {
  const format = await getFormatter();
  return (iso) => format.dateTime(new Date(iso), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Returns a formatter of times (ISO 8601) for the logs of the console: day and second. */
export async function secondWords(): Promise<(iso: string) => string> {
  const format = await getFormatter();
  return (iso) =>
    format.dateTime(new Date(iso), {
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
}

/** Returns a formatter of times (ISO 8601) for what is kept on paper: with the year, to the second. */
export async function keptWords(): Promise<(iso: string) => string> {
  const format = await getFormatter();
  return (iso) => format.dateTime(new Date(iso), { dateStyle: "medium", timeStyle: "medium" });
}

/** Returns a formatter of days in Japan (ISO 8601), whose calendar the rules of the policy are written in. */
export async function dayWords(): Promise<(iso: string) => string> {
  const format = await getFormatter();
  return (iso) => format.dateTime(new Date(iso), { year: "numeric", month: "long", day: "numeric", timeZone: "Asia/Tokyo" });
}
