import { sql } from "#lib/db/sql";

/** Sets the demo clock's offset from real time, in seconds; late receipts that became due are delivered. Returns the product's now. A clock set back leaves no provider out for the years it went. */
export async function moveClock(offsetSeconds: number): Promise<{ offsetSeconds: number; now: string }> {
  await sql`UPDATE clock SET offset_seconds = ${offsetSeconds}::int`;
  await sql`UPDATE provider_health SET down_until = app_now() + interval '5 minutes' WHERE down_until > app_now() + interval '1 hour'`;
  const [row] = await sql<{ now: Date }>`SELECT app_now() AS now, graphile_worker.add_job('demo_receipts') IS NOT NULL AS queued`;
  return { offsetSeconds, now: (row?.now ?? new Date()).toISOString() };
}
