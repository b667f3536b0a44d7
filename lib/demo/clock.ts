import { sql } from "#lib/db/sql";

/**
 * Sets the demo clock's offset from real time in seconds, delivers receipts that became due, and returns the product's time. Shortens the
 * back-off of open breakers, which would last for years after the clock is set back.
 */
export async function moveClock(offsetSeconds: number): Promise<{ offsetSeconds: number; now: string }> {
  await sql`UPDATE clock SET offset_seconds = ${offsetSeconds}::int`;
  await sql`UPDATE provider_health SET down_until = app_now() + interval '5 minutes' WHERE down_until > app_now() + interval '1 hour'`;
  const [row] = await sql<{ now: Date }>`SELECT app_now() AS now, graphile_worker.add_job('demo_receipts') IS NOT NULL AS queued`;
  return { offsetSeconds, now: (row?.now ?? new Date()).toISOString() };
}
