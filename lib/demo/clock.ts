import { sql } from "#lib/db/sql";

/**
 * Sets the demo clock's offset from real time in seconds, delivers receipts that became due, and returns the product's time. Shortens the
 * back-off of open breakers, which would last for years after the clock is set back.
 */
export async function moveClock(offsetSeconds: number): Promise<{ offsetSeconds: number; now: string }> {
  await sql`UPDATE clock SET offset_seconds = ${offsetSeconds}::int`;
  // What the moved time makes due happens at once, as a person who waited would see it.
  await sql`SELECT graphile_worker.add_job('due_cases', job_key => 'due_cases/clock')`;
  await sql`UPDATE provider_health SET down_until = app_now() + interval '5 minutes' WHERE down_until > app_now() + interval '1 hour'`;
  const [row] = await sql<{ now: Date }>`SELECT app_now() AS now, graphile_worker.add_job('demo_receipts') IS NOT NULL AS queued`;
  return { offsetSeconds, now: (row?.now ?? new Date()).toISOString() };
}
