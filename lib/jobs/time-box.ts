import { sql } from "#lib/db/sql";

/** How long one run of a job with much to do goes on: a stop waits for it, and its lease is longer. In milliseconds. */
const BOX_MS = 10_000;

/** Whether a run should stop after the step it is in. */
export type Over = () => boolean;

/**
 * Runs a job that may have much to do for ten seconds at most. What it returns as its rest is the payload of a job of the same name, queued
 * at once; null is the end. Two runs that go on at the same time leave one rest between them (`job_key`).
 */
export async function inTimeBox(name: string, work: (over: Over) => Promise<object | null>, ms = BOX_MS): Promise<void> {
  const ends = Date.now() + ms;
  const rest = await work(() => Date.now() >= ends);
  if (rest === null) return;
  await sql`
    SELECT graphile_worker.add_job(${name}, ${JSON.stringify(rest)}::json, max_attempts => 1, job_key => ${`${name}/rest`}, job_key_mode => 'replace')`;
}
