import { listStops } from "#lib/delivery/stops";
import { requestContext } from "#lib/request";

/** The stops in force by channel, as lines of the exposition; no line while the database does not answer, because 0 would be a guess. */
export async function stopLines(): Promise<string[]> {
  const stops = await listStops().catch(() => null);
  if (!stops) {
    // The figures of the process are answered all the same, and not with 503.
    const context = requestContext();
    if (context) context.databaseUnavailable = false;
    return [];
  }
  const count = (channel: string) => stops.filter((stop) => stop.channel === channel).length;
  return [
    "# TYPE sekisho_sending_stops gauge",
    ...(["SMS", "VOICE", "EMAIL"] as const).map((channel) => `sekisho_sending_stops{channel="${channel.toLowerCase()}"} ${count(channel)}`),
  ];
}
