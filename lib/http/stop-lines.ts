import { listStops } from "#lib/delivery/stops";
import { requestContext } from "#lib/request";

/** The active stops by channel as metric lines; none while the database is unavailable, because 0 would be a guess. */
export async function stopLines(): Promise<string[]> {
  const stops = await listStops().catch(() => null);
  if (!stops) {
    // The metrics of the process are still served, without a 503.
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
