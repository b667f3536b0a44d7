import { getFormatter } from "next-intl/server";

/** Writes a moment (ISO 8601) as the account pages do: day, hour and minute, in the language of the request. */
export async function whenWords(): Promise<(iso: string) => string> {
  const format = await getFormatter();
  return (iso) => format.dateTime(new Date(iso), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
